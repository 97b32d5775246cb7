-- Who a lead is. A claim says that a submit of the lead named a visitor, an address or a phone; `key` is a hash, so that
-- this table names nobody. A visitor or a phone may be claimed by several leads: then it tells nobody's. Claims that there
-- are keep their keys, which are made as before: of what kind they are, no statement can tell (`unknown`).
-- docs/storage-schema.md explains each column.
CREATE TABLE lead_claims_by_kind (
  key TEXT NOT NULL,
  site TEXT NOT NULL,
  lead_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (key, site, lead_id)
) WITHOUT ROWID;

INSERT INTO lead_claims_by_kind (key, site, lead_id, kind)
SELECT key, site, lead_id, 'unknown' FROM lead_claims;

DROP TABLE lead_claims;
ALTER TABLE lead_claims_by_kind RENAME TO lead_claims;

CREATE INDEX lead_claims_by_lead ON lead_claims (lead_id, kind);

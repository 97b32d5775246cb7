-- Who a lead is. A claim says that a submit of the lead named a visitor, an address or a phone; `key` is a hash, so that
-- this table names nobody. A visitor or a phone may be claimed by several leads: then it tells nobody's.
-- docs/storage-schema.md explains each column.
DROP TABLE lead_claims;

CREATE TABLE lead_claims (
  key TEXT NOT NULL,
  site TEXT NOT NULL,
  lead_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (key, site, lead_id)
) WITHOUT ROWID;

CREATE INDEX lead_claims_by_lead ON lead_claims (lead_id, kind);

-- Fingerprints and their places are of a site: `site`, or `group:` and the name that several sites share. Only a row of
-- `sessions` says where a fingerprint has been seen, so that what there is goes to those sites. Of one that was seen on a
-- single site the row goes there as it is, with all its places. Of one that was seen on several, each site gets what its own
-- sessions say, and the places they were at last; the others were anybody's, and go. One that no session has any more goes too:
-- it was shown to nobody.
CREATE TABLE fingerprints_by_site (
  fingerprint_id TEXT NOT NULL,
  site TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  sessions INTEGER NOT NULL,
  ips INTEGER NOT NULL,
  asns INTEGER NOT NULL,
  countries INTEGER NOT NULL,
  PRIMARY KEY (fingerprint_id, site)
) WITHOUT ROWID;

-- Never later than the row was: what is left of an object of before deletes rows up to its own time (src/data/store/former-identity.ts).
INSERT INTO fingerprints_by_site (fingerprint_id, site, first_seen_at, last_seen_at, sessions, ips, asns, countries)
SELECT f.fingerprint_id, own.site,
  iif(own.sites = 1, f.first_seen_at, min(own.first_seen_at, f.last_seen_at)),
  iif(own.sites = 1, f.last_seen_at, min(own.last_seen_at, f.last_seen_at)),
  iif(own.sites = 1, f.sessions, own.sessions),
  iif(own.sites = 1, f.ips, own.ips),
  iif(own.sites = 1, f.asns, own.asns),
  iif(own.sites = 1, f.countries, own.countries)
FROM fingerprints AS f
JOIN (
  SELECT fingerprint_id, site, min(started_at) AS first_seen_at, max(last_event_at) AS last_seen_at, count(*) AS sessions,
    count(DISTINCT ip) AS ips, count(DISTINCT asn) AS asns, count(DISTINCT country) AS countries,
    count(*) OVER (PARTITION BY fingerprint_id) AS sites
  FROM sessions WHERE fingerprint_id IS NOT NULL GROUP BY fingerprint_id, site
) AS own ON own.fingerprint_id = f.fingerprint_id;

CREATE TABLE identity_network_by_site (
  fingerprint_id TEXT NOT NULL,
  site TEXT NOT NULL,
  ip TEXT NOT NULL,
  asn INTEGER NOT NULL,
  country TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  PRIMARY KEY (fingerprint_id, site, ip, asn, country)
) WITHOUT ROWID;

INSERT INTO identity_network_by_site (fingerprint_id, site, ip, asn, country, first_seen_at, last_seen_at)
SELECT n.fingerprint_id, min(s.site), n.ip, n.asn, n.country, n.first_seen_at, n.last_seen_at
FROM identity_network AS n JOIN fingerprints_by_site AS s ON s.fingerprint_id = n.fingerprint_id
GROUP BY n.fingerprint_id, n.ip, n.asn, n.country HAVING count(*) = 1;

INSERT INTO identity_network_by_site (fingerprint_id, site, ip, asn, country, first_seen_at, last_seen_at)
SELECT n.fingerprint_id, s.site, n.ip, n.asn, n.country,
  min(min(s.started_at), n.last_seen_at), min(max(s.last_event_at), n.last_seen_at)
FROM identity_network AS n
JOIN sessions AS s ON s.fingerprint_id = n.fingerprint_id AND s.fingerprint_id IS NOT NULL
  AND s.ip = n.ip AND coalesce(s.asn, 0) = n.asn AND coalesce(s.country, '') = n.country
WHERE (SELECT count(*) FROM fingerprints_by_site AS f WHERE f.fingerprint_id = n.fingerprint_id) > 1
GROUP BY n.fingerprint_id, s.site, n.ip, n.asn, n.country;

DROP TABLE fingerprints;
DROP TABLE identity_network;
ALTER TABLE fingerprints_by_site RENAME TO fingerprints;
ALTER TABLE identity_network_by_site RENAME TO identity_network;

CREATE INDEX identity_network_by_ip ON identity_network (ip);
CREATE INDEX identity_network_by_asn ON identity_network (asn);

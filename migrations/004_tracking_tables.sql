-- Tracking: one row a session, one row an event, and the identity tables.
-- The schema is the price list: D1 bills a row per table row and per index entry written. Hence WITHOUT ROWID (the
-- primary key is the table), no index on a column that changes with every flush, and partial indexes where most rows
-- do not need one. docs/storage-schema.md explains each column.

CREATE TABLE sessions (
  session_id TEXT NOT NULL PRIMARY KEY,
  site TEXT NOT NULL,
  visitor_id TEXT,
  fingerprint_id TEXT,
  started_at INTEGER NOT NULL,
  last_event_at INTEGER NOT NULL,
  ended_at INTEGER,
  ip TEXT,
  asn INTEGER,
  country TEXT,
  label TEXT,
  engagement INTEGER,
  bot INTEGER,
  vpn INTEGER,
  risk INTEGER,
  events INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  detail TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX sessions_by_visitor ON sessions (visitor_id, started_at) WHERE visitor_id IS NOT NULL;
CREATE INDEX sessions_by_fingerprint ON sessions (fingerprint_id, started_at) WHERE fingerprint_id IS NOT NULL;
CREATE INDEX sessions_by_ip ON sessions (ip, started_at) WHERE ip IS NOT NULL;
CREATE INDEX sessions_by_start ON sessions (started_at, session_id);

CREATE TABLE events (
  session_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  stream TEXT,
  number INTEGER,
  at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  event_type TEXT NOT NULL,
  page TEXT,
  element TEXT,
  detail TEXT,
  PRIMARY KEY (session_id, seq)
) WITHOUT ROWID;

-- Mouse paths and scrolls are most of the rows and are asked for by session only. A query uses this index when it
-- repeats the condition literally: AND event_type NOT IN ('mousemove', 'scroll').
CREATE INDEX events_by_type ON events (event_type, at) WHERE event_type NOT IN ('mousemove', 'scroll');

CREATE TABLE fingerprints (
  fingerprint_id TEXT NOT NULL PRIMARY KEY,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  sessions INTEGER NOT NULL,
  ips INTEGER NOT NULL,
  asns INTEGER NOT NULL,
  countries INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE identity_network (
  fingerprint_id TEXT NOT NULL,
  ip TEXT NOT NULL,
  asn INTEGER NOT NULL,
  country TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  PRIMARY KEY (fingerprint_id, ip, asn, country)
) WITHOUT ROWID;

CREATE INDEX identity_network_by_ip ON identity_network (ip);
CREATE INDEX identity_network_by_asn ON identity_network (asn);

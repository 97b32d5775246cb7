-- API keys besides the root key, and what was done with `admin`. docs/storage-schema.md explains each column.

CREATE TABLE api_keys (
  key_id TEXT NOT NULL PRIMARY KEY,
  hash TEXT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  sites TEXT,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) WITHOUT ROWID;

CREATE TABLE audit (
  at INTEGER NOT NULL,
  audit_id TEXT NOT NULL,
  key_id TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT,
  status INTEGER,
  PRIMARY KEY (at, audit_id)
) WITHOUT ROWID;

-- What the operator is shown: what retention has deleted, what the archive holds, which erasures were asked for.
-- docs/storage-schema.md explains each column.

CREATE TABLE retention_runs (
  started_at INTEGER NOT NULL PRIMARY KEY,
  finished_at INTEGER,
  cutoff INTEGER NOT NULL,
  steps INTEGER NOT NULL DEFAULT 0,
  report TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE storage_days (
  day TEXT NOT NULL PRIMARY KEY,
  objects INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  counted_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE erasures (
  erasure_id TEXT NOT NULL PRIMARY KEY,
  requested_at INTEGER NOT NULL,
  completed_at INTEGER,
  report TEXT NOT NULL
) WITHOUT ROWID;

-- Rollups: sums of closed periods, so that an aggregate reads a row a day instead of a row a session.
-- Exact by construction: any change to a session of a closed period marks that period in the same transaction, and a
-- marked period is answered from its rows until it has been rolled up anew. docs/storage-schema.md explains each column.

CREATE TABLE rollup_hours (
  hour INTEGER NOT NULL,
  is_bot INTEGER NOT NULL,
  site TEXT NOT NULL,
  totals TEXT NOT NULL,
  sketch TEXT NOT NULL,
  parts TEXT NOT NULL,
  PRIMARY KEY (hour, is_bot, site)
) WITHOUT ROWID;

CREATE TABLE rollup_days (
  day INTEGER NOT NULL,
  dimension TEXT NOT NULL,
  value TEXT NOT NULL,
  is_bot INTEGER NOT NULL,
  site TEXT NOT NULL,
  totals TEXT NOT NULL,
  sketch TEXT NOT NULL,
  hours TEXT NOT NULL,
  parts TEXT NOT NULL,
  overflow TEXT,
  PRIMARY KEY (day, dimension, value, is_bot, site)
) WITHOUT ROWID;

-- Periods that are not, or no longer, what their rows say.
CREATE TABLE rollup_marks (
  grain TEXT NOT NULL,
  period INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (grain, period)
) WITHOUT ROWID;

-- Hours before hours_through and days before days_through are closed; what begins before `floor` has lost its rows to
-- retention and keeps its rollups as they are.
CREATE TABLE rollup_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  hours_through INTEGER NOT NULL,
  days_through INTEGER NOT NULL,
  floor INTEGER NOT NULL
);
INSERT INTO rollup_state (id, hours_through, days_through, floor) VALUES (1, 0, 0, 0);

-- Marks what a session's row counts for: its hour, its day, and the day after, whose visitors may have been here in the
-- 25 hours before. A view, because triggers cannot share their steps in another way.
CREATE VIEW rollup_touched AS SELECT 0 AS started_at;

CREATE TRIGGER rollup_touch INSTEAD OF INSERT ON rollup_touched
WHEN NEW.started_at < (SELECT hours_through FROM rollup_state) AND NEW.started_at >= (SELECT floor FROM rollup_state)
BEGIN
  INSERT INTO rollup_marks (grain, period, version) VALUES ('hour', NEW.started_at / 3600000 * 3600000, 1)
  ON CONFLICT (grain, period) DO UPDATE SET version = version + 1;
  INSERT INTO rollup_marks (grain, period, version)
  SELECT 'day', NEW.started_at / 86400000 * 86400000, 1 FROM rollup_state WHERE NEW.started_at < days_through
  ON CONFLICT (grain, period) DO UPDATE SET version = version + 1;
  INSERT INTO rollup_marks (grain, period, version)
  SELECT 'day', (NEW.started_at / 86400000 + 1) * 86400000, 1 FROM rollup_state
  WHERE (NEW.started_at / 86400000 + 1) * 86400000 < days_through
  ON CONFLICT (grain, period) DO UPDATE SET version = version + 1;
END;

-- Whoever writes a session, be it a flush, an erasure or a rebuild, need not know of rollups.
CREATE TRIGGER sessions_inserted AFTER INSERT ON sessions
BEGIN
  INSERT INTO rollup_touched (started_at) VALUES (NEW.started_at);
END;

CREATE TRIGGER sessions_updated AFTER UPDATE ON sessions
BEGIN
  INSERT INTO rollup_touched (started_at) VALUES (NEW.started_at);
END;

-- A session begun anew under its old id may begin at another time: the period it leaves has changed too.
CREATE TRIGGER sessions_moved AFTER UPDATE OF started_at ON sessions WHEN OLD.started_at <> NEW.started_at
BEGIN
  INSERT INTO rollup_touched (started_at) VALUES (OLD.started_at);
END;

CREATE TRIGGER sessions_deleted AFTER DELETE ON sessions
BEGIN
  INSERT INTO rollup_touched (started_at) VALUES (OLD.started_at);
END;

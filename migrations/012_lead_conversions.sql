-- A conversion: the submit that made a lead or opened it anew, with the session it came from. It stays where it was won,
-- whatever the lead is told later, and it outlives the lead when retention takes that: it names nobody.
-- docs/storage-schema.md explains each column.
CREATE TABLE lead_conversions (
  at INTEGER NOT NULL,
  submission_id TEXT NOT NULL,
  site TEXT NOT NULL,
  session_id TEXT,
  label TEXT,
  PRIMARY KEY (at, submission_id)
) WITHOUT ROWID;

CREATE INDEX lead_conversions_by_session ON lead_conversions (session_id) WHERE session_id IS NOT NULL;

INSERT INTO lead_conversions (at, submission_id, site, session_id, label)
SELECT received_at, submission_id, site, session_id, evidence ->> '$.label' FROM lead_submissions
WHERE outcome IN ('created', 'reengaged');

-- An erasure looks for the submits of a session, of whatever outcome.
CREATE INDEX lead_submissions_by_session ON lead_submissions (session_id) WHERE session_id IS NOT NULL;

-- Retention looks for leads that have been silent for long.
CREATE INDEX leads_by_silence ON leads (site, last_submission_at);

-- In the rollups a conversion counts with its session, by when that began; one whose session is not here (a plain form, a
-- session that withdrew) by when it came in. So a conversion marks both, and a session that comes or goes marks the
-- periods of its conversions.
DROP TRIGGER leads_inserted;
DROP TRIGGER leads_updated;
DROP TRIGGER leads_deleted;
DROP TRIGGER session_takes_leads;
DROP TRIGGER session_leaves_leads;

CREATE TRIGGER lead_conversions_inserted AFTER INSERT ON lead_conversions
BEGIN
  INSERT INTO rollup_touched (started_at)
  SELECT NEW.at UNION SELECT started_at FROM sessions WHERE session_id = NEW.session_id;
END;

CREATE TRIGGER lead_conversions_updated AFTER UPDATE ON lead_conversions
BEGIN
  INSERT INTO rollup_touched (started_at)
  SELECT NEW.at UNION SELECT OLD.at
  UNION SELECT started_at FROM sessions WHERE session_id IN (NEW.session_id, OLD.session_id);
END;

CREATE TRIGGER lead_conversions_deleted AFTER DELETE ON lead_conversions
BEGIN
  INSERT INTO rollup_touched (started_at)
  SELECT OLD.at UNION SELECT started_at FROM sessions WHERE session_id = OLD.session_id;
END;

CREATE TRIGGER session_takes_conversions AFTER INSERT ON sessions
BEGIN
  INSERT INTO rollup_touched (started_at) SELECT at FROM lead_conversions WHERE session_id = NEW.session_id;
END;

CREATE TRIGGER session_leaves_conversions AFTER DELETE ON sessions
BEGIN
  INSERT INTO rollup_touched (started_at) SELECT at FROM lead_conversions WHERE session_id = OLD.session_id;
END;

-- What was rolled up before counted leads where their newest submit came from: it is answered from rows until it has been
-- rolled up anew.
INSERT INTO rollup_marks (grain, period, version)
SELECT 'hour', hour, 1 FROM (
  SELECT hour FROM rollup_hours UNION SELECT at / 3600000 * 3600000 FROM lead_conversions
) WHERE hour >= (SELECT floor FROM rollup_state) AND hour < (SELECT hours_through FROM rollup_state)
ON CONFLICT (grain, period) DO UPDATE SET version = version + 1;
INSERT INTO rollup_marks (grain, period, version)
SELECT 'day', day, 1 FROM (
  SELECT day FROM rollup_days UNION SELECT at / 86400000 * 86400000 FROM lead_conversions
) WHERE day >= (SELECT floor FROM rollup_state) AND day < (SELECT days_through FROM rollup_state)
ON CONFLICT (grain, period) DO UPDATE SET version = version + 1;

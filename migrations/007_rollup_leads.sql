-- Leads in the rollups: one counts with the session it came from, by when that began; one whose session is not here (a
-- plain form, a session that withdrew) by when it came in. So a lead marks both, and a session that comes or goes marks
-- the periods of its leads.

CREATE TRIGGER leads_inserted AFTER INSERT ON leads
BEGIN
  INSERT INTO rollup_touched (started_at)
  SELECT NEW.created_at UNION SELECT started_at FROM sessions WHERE session_id = NEW.session_id;
END;

CREATE TRIGGER leads_updated AFTER UPDATE OF site, created_at, session_id, label ON leads
BEGIN
  INSERT INTO rollup_touched (started_at)
  SELECT NEW.created_at UNION SELECT OLD.created_at
  UNION SELECT started_at FROM sessions WHERE session_id IN (NEW.session_id, OLD.session_id);
END;

CREATE TRIGGER leads_deleted AFTER DELETE ON leads
BEGIN
  INSERT INTO rollup_touched (started_at)
  SELECT OLD.created_at UNION SELECT started_at FROM sessions WHERE session_id = OLD.session_id;
END;

CREATE TRIGGER session_takes_leads AFTER INSERT ON sessions
BEGIN
  INSERT INTO rollup_touched (started_at) SELECT created_at FROM leads WHERE session_id = NEW.session_id;
END;

CREATE TRIGGER session_leaves_leads AFTER DELETE ON sessions
BEGIN
  INSERT INTO rollup_touched (started_at) SELECT created_at FROM leads WHERE session_id = OLD.session_id;
END;

-- What was rolled up before knows no leads, regions, browsers, systems, referrers or rules: it is answered from rows until
-- it has been rolled up anew.
INSERT INTO rollup_marks (grain, period, version)
SELECT 'hour', hour, 1 FROM (
  SELECT hour FROM rollup_hours UNION SELECT created_at / 3600000 * 3600000 FROM leads
) WHERE hour >= (SELECT floor FROM rollup_state) AND hour < (SELECT hours_through FROM rollup_state)
ON CONFLICT (grain, period) DO UPDATE SET version = version + 1;
INSERT INTO rollup_marks (grain, period, version)
SELECT 'day', day, 1 FROM (
  SELECT day FROM rollup_days UNION SELECT created_at / 86400000 * 86400000 FROM leads
) WHERE day >= (SELECT floor FROM rollup_state) AND day < (SELECT days_through FROM rollup_state)
ON CONFLICT (grain, period) DO UPDATE SET version = version + 1;

-- The keys of `rollup_days` in an index of their own. The rows are long, so that a table without rowids holds a few of them a
-- page, keys and all, and looks through many pages to find one; an index holds dozens of keys a page.
CREATE TABLE rollup_days_keyed (
  day INTEGER NOT NULL,
  dimension TEXT NOT NULL,
  value TEXT NOT NULL,
  is_bot INTEGER NOT NULL,
  site TEXT NOT NULL,
  totals TEXT NOT NULL,
  sketch TEXT NOT NULL,
  hours TEXT NOT NULL,
  parts TEXT NOT NULL,
  overflow TEXT
);
INSERT INTO rollup_days_keyed (day, dimension, value, is_bot, site, totals, sketch, hours, parts, overflow)
SELECT day, dimension, value, is_bot, site, totals, sketch, hours, parts, overflow FROM rollup_days
ORDER BY day, dimension, value, is_bot, site;
DROP TABLE rollup_days;
ALTER TABLE rollup_days_keyed RENAME TO rollup_days;
CREATE UNIQUE INDEX rollup_days_key ON rollup_days (day, dimension, value, is_bot, site);
CREATE INDEX rollup_days_overflow ON rollup_days (day, overflow) WHERE overflow IS NOT NULL;

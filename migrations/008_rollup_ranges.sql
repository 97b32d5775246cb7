-- A range of a score's bands has the sums and the sketch of its sessions too, so that a question reads one row a day and
-- class instead of one for each band. Days before `ranged_from` were rolled up without: they are read by bands, as before.
ALTER TABLE rollup_state ADD COLUMN ranged_from INTEGER NOT NULL DEFAULT 0;
UPDATE rollup_state SET ranged_from = days_through;

-- Whether a day has more values of a dimension than have rows is asked of every day, stands at the end of long rows, and
-- is rarely so.
CREATE INDEX rollup_days_overflow ON rollup_days (day, overflow) WHERE overflow IS NOT NULL;

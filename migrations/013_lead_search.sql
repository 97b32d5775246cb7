-- What a submit says of a person, in the form in which text is searched (src/leads/search.ts): SQLite's own lower() knows
-- ASCII only. Written with the submit. No release has written a row before this column; lower() keeps what there is to be
-- found as it was.
ALTER TABLE lead_submissions ADD COLUMN search TEXT NOT NULL DEFAULT '';

UPDATE lead_submissions SET search = lower(
  coalesce(json_extract(contact, '$.name'), '') || char(31) || coalesce(json_extract(contact, '$.email'), '') || char(31) ||
  coalesce(json_extract(contact, '$.phone'), '') || char(31) || coalesce(json_extract(contact, '$.message'), ''));

-- A guest: a submit that became part of a lead by its email or phone alone, without a key, from a visitor that the lead does
-- not know. Anybody can type an address, so a guest tells the lead nothing: what it says is in its own row, and its claims are
-- its own (`lead_claims.kind` is `guest`, `lead_id` the submit's). docs/storage-schema.md explains each column.
ALTER TABLE lead_submissions ADD COLUMN guest INTEGER NOT NULL DEFAULT 0;

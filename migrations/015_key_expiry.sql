-- When a key stops opening anything by itself, epoch ms; null: never.
ALTER TABLE api_keys ADD COLUMN expires_at INTEGER;

-- Webhook deliveries as their actors know them, and the endpoints' health. Written by those actors only.

CREATE TABLE deliveries (
  delivery_id TEXT NOT NULL PRIMARY KEY,
  site TEXT NOT NULL,
  lead_id TEXT,
  endpoint_id TEXT NOT NULL,
  type TEXT NOT NULL,
  seq INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  next_at INTEGER,
  delivered_at INTEGER,
  status INTEGER,
  reason TEXT,
  response TEXT
) WITHOUT ROWID;

CREATE INDEX deliveries_by_time ON deliveries (created_at, delivery_id);
CREATE INDEX deliveries_by_state ON deliveries (state, created_at, delivery_id);
CREATE INDEX deliveries_by_lead ON deliveries (lead_id, seq) WHERE lead_id IS NOT NULL;
CREATE INDEX deliveries_dead ON deliveries (site, updated_at) WHERE state = 'dead';

CREATE TABLE webhook_endpoints (
  site TEXT NOT NULL,
  endpoint_id TEXT NOT NULL,
  state TEXT NOT NULL,
  failures INTEGER NOT NULL,
  since INTEGER,
  until INTEGER NOT NULL,
  reason TEXT,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (site, endpoint_id)
) WITHOUT ROWID;

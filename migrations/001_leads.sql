-- Leads: one row a lead, one a submit, and the claims that make the submits of one person one lead.
-- Written by lead actors only. docs/leads.md explains each column.

CREATE TABLE leads (
  lead_id TEXT NOT NULL PRIMARY KEY,
  site TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  last_submission_at INTEGER NOT NULL,
  submissions INTEGER NOT NULL,
  name TEXT,
  email TEXT,
  email_class TEXT,
  phone TEXT,
  message TEXT,
  project TEXT,
  location TEXT,
  team TEXT,
  source TEXT,
  keyword TEXT,
  country_code TEXT,
  fields TEXT NOT NULL,
  session_id TEXT,
  visitor_id TEXT,
  label TEXT,
  engagement INTEGER,
  bot INTEGER,
  vpn INTEGER,
  risk INTEGER,
  evidence TEXT NOT NULL,
  crm_id TEXT,
  crm_at INTEGER
) WITHOUT ROWID;

CREATE INDEX leads_by_time ON leads (created_at, lead_id);
CREATE INDEX leads_by_site ON leads (site, created_at, lead_id);
CREATE INDEX leads_by_session ON leads (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX leads_by_visitor ON leads (visitor_id) WHERE visitor_id IS NOT NULL;

CREATE TABLE lead_submissions (
  submission_id TEXT NOT NULL PRIMARY KEY,
  lead_id TEXT NOT NULL,
  site TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  session_id TEXT,
  contact TEXT NOT NULL,
  evidence TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX lead_submissions_by_lead ON lead_submissions (lead_id, received_at, submission_id);
CREATE INDEX lead_submissions_by_site ON lead_submissions (site, received_at);

-- A claim says whose lead a visitor, an address or a phone is. `key` is a hash: this table names nobody.
CREATE TABLE lead_claims (
  site TEXT NOT NULL,
  key TEXT NOT NULL,
  lead_id TEXT NOT NULL,
  PRIMARY KEY (site, key)
) WITHOUT ROWID;

CREATE INDEX lead_claims_by_lead ON lead_claims (lead_id);

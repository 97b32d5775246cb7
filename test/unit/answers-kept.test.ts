import { describe } from "vitest";
import { ErasureBody, PeopleBody, PersonBody } from "../../src/core/api/erasure";
import { FingerprintBody, FingerprintsPage, IdentityBody } from "../../src/core/api/identity";
import { AuditPage, KeysPage, NewKeyBody } from "../../src/core/api/keys";
import * as leads from "../../src/core/api/leads";
import { RealtimeBody } from "../../src/core/api/realtime";
import { RebuildBody } from "../../src/core/api/rebuild";
import { StorageBody } from "../../src/core/api/storage";
import { LeadBody } from "../../src/protocol/lead";
import { RecordingBody } from "../../src/protocol/recording";

import { type Answer, holdAnswers } from "./answer-places";

const ID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";

const scores = { engagement: 7, bot: 100, vpn: null, risk: 0 };
const page = (row: object) => ({ data: [row], next_cursor: "c" });
const counts = {
  d1: { sessions: 1, events: 2, leads: 3, deliveries: 4 },
  r2: { objects: 5, bytes: 6 },
  actors: { sessions: 7, identities: 8, leads: 9 },
};
const erasure = { erasure_id: ID, status: "complete", requested_at: 1, completed_at: 2, keep_leads: false, counts };
const seen = { first_seen_at: 1, last_seen_at: 2, sessions: 3, ips: 4, asns: 5, countries: 6 };
const fingerprint = {
  fingerprint_id: "f",
  ...seen,
  capped: false,
  known: seen,
  latest: { session_id: ID, site: "a", started_at: 1, label: null, country: "DE", scores },
};
const place = { ip: null, asn: 1, country: null, provider: "p", sessions: 1, first_seen_at: 1, last_seen_at: 2 };
const node = { id: "n", kind: "asn", label: "AS1", sessions: 1, first_seen: 1, last_seen: 2 };
const key = {
  key_id: "k",
  name: "n",
  scopes: ["read"],
  sites: ["a"],
  created_at: 1,
  revoked_at: null,
  expires_at: null,
};
const lead = {
  lead_id: ID,
  site: "a",
  status: "open",
  created_at: 1,
  opened_at: 2,
  last_submission_at: 3,
  submissions: 1,
  name: "N",
  email: null,
  email_class: "free",
  phone: null,
  message: null,
  project: null,
  location: null,
  team: null,
  source: null,
  keyword: null,
  country_code: null,
  fields: { a: 1 },
  session_id: null,
  visitor_id: null,
  label: null,
  scores,
  evidence: {},
  crm_id: null,
  crm_at: 5,
};
const delivery = {
  delivery_id: "d",
  site: "a",
  lead_id: null,
  endpoint_id: "e",
  type: "lead",
  seq: 1,
  state: "dead",
  attempts: 9,
  created_at: 1,
  updated_at: 2,
  next_at: null,
  delivered_at: 3,
  status: 500,
  reason: null,
  response: "no",
};
const presence = {
  session_id: ID,
  site: "a",
  page: "p",
  referrer: null,
  country: null,
  started_at: 1,
  seen_at: 2,
  events: 3,
  page_views: 4,
  engaged_ms: 5,
  label: null,
  scores,
};
const report = {
  objects_deleted: 1,
  bytes_deleted: 2,
  sessions_deleted: 3,
  events_deleted: 4,
  leads_deleted: 5,
  objects_kept: 5,
  bytes_kept: null,
  duration_ms: 6,
  invocations: 7,
  errors: 8,
  last_error: null,
};
const run = { ...report, started_at: 1, finished_at: null, cutoff: 2, steps: 3 };
const recorded = { type: 3, timestamp: 1.5, data: { source: 0 } };

const ANSWERS: Answer[] = [
  ["an erasure", ErasureBody, { data: erasure }],
  [
    "a person",
    PersonBody,
    {
      data: {
        visitor_id: "v",
        sessions: [{ session_id: ID, session: {}, identity: [{}], entries: [{}] }],
        leads: [{ lead: {}, submissions: [{}] }],
        unproven: {
          sessions: [{ session_id: ID, session: {}, identity: [{}], entries: [{}] }],
          leads: [{ lead: {}, submissions: [{}] }],
        },
      },
    },
  ],
  [
    "a person's leads",
    PeopleBody,
    {
      data: {
        leads: [
          { lead: {}, submissions: [{}] },
          { lead: null, submissions: [] },
        ],
      },
    },
  ],
  ["fingerprints", FingerprintsPage, page(fingerprint)],
  ["a fingerprint", FingerprintBody, { data: { ...fingerprint, labels: { bot: 1 }, visitors: 2, places: [place] } }],
  [
    "an identity",
    IdentityBody,
    { data: { nodes: [node], edges: [{ from: "a", to: "b", sessions: 1 }], capped: true } },
  ],
  ["keys", KeysPage, page(key)],
  ["a new key", NewKeyBody, { data: { ...key, key: "secret" } }],
  ["an audit", AuditPage, page({ at: 1, audit_id: "a", key_id: "k", action: "x", target: null, status: 200 })],
  ["a lead taken", LeadBody, { lead_id: ID, status: "merged" }],
  ["leads", leads.LeadsPage, page(lead)],
  ["deliveries", leads.DeliveriesPage, page(delivery)],
  [
    "a lead",
    leads.LeadBodyWhole,
    {
      data: {
        ...lead,
        deliveries: [delivery],
        session: {},
        events: [{}],
        history: [
          {
            submission_id: "s",
            received_at: 1,
            outcome: "accepted",
            session_id: null,
            guest: false,
            contact: {},
            evidence: {},
          },
        ],
      },
    },
  ],
  ["values", leads.ValuesBody, { data: [{ value: "v", leads: 1, last_at: 1 }], next_cursor: null }],
  ["a redelivery", leads.RedeliveredBody, { data: { redelivered: ["a"], unknown: ["b"] } }],
  ["a callback", leads.CallbackBody, { lead_id: ID, crm_id: null, status: "won" }],
  [
    "who is there",
    RealtimeBody,
    {
      data: {
        site: null,
        visitors: 1,
        pages: [{ page: "p", visitors: 1 }],
        labels: { human: 1 },
        countries: [{ country: "DE", visitors: 1 }],
        sessions: [presence],
        timestamp: 1,
      },
      bots: { mode: "exclude", excluded: 1 },
    },
  ],
  [
    "a rebuild",
    RebuildBody,
    {
      data: { sessions: 1, events: 2, quarantined: 3, fingerprints: 4, ahead: 5, incomplete: 6, next: null },
    },
  ],
  ["a recording", RecordingBody, { data: [recorded], next_cursor: null }],
  [
    "storage",
    StorageBody,
    {
      data: {
        days: [{ day: "2026-11-29", objects: 1, bytes: 2, counted_at: 3, complete: true }],
        objects: 1,
        bytes: 2,
        retention: { days: 90, runs: [run] },
        database: { bytes: 4, archive_only_from_bytes: 5, max_bytes: 6 },
        budgets: [{ site: "shop", spent_bytes: 1, budget_bytes: 2 }],
      },
    },
  ],
];

describe("an answer about people, leads and what is kept", () => holdAnswers(ANSWERS));

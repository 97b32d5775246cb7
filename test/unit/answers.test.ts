import { describe } from "vitest";
import {
  BotsBody,
  DailyBody,
  DevicesBody,
  EngagementBody,
  EventTypesBody,
  GeoBody,
  OverviewBody,
  PagesBody,
  SourcesBody,
} from "../../src/core/api/aggregates";
import { AnomaliesBody } from "../../src/core/api/anomalies";
import * as answers from "../../src/core/api/answers";

import { type Answer, holdAnswers } from "./answer-places";

const ID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
const AT = 1_795_000_000_000;

const scores = { engagement: 7, bot: 100, vpn: null, risk: 0 };
const order = { send: true, text: "shown" };
const ack = { stream: "s", through: 3, missing: [[1, 2]], ended: true, record: order };
const completeness = { received: 1, expected: 2, missing: 1, rejected: 0, gone: 0, implausible: 0 };
const firing = {
  rule: "bot_ua",
  score: "bot",
  points: 60,
  weight: 60,
  class: "convicting",
  at: AT,
  seq: 5,
  evidence: "e",
  shadow: true,
  withdrawn_at: AT,
};
const session = {
  session_id: ID,
  site: "a",
  visitor_id: "v",
  fingerprint_id: null,
  started_at: AT,
  last_event_at: AT,
  ended_at: null,
  ip: "1.2.3.0",
  asn: 1,
  country: "DE",
  label: "human",
  verified_bot: null,
  engagement_band: "hot",
  scores,
  rules_version: 2,
  ledger: [firing],
  abstained: [{ rule: "r", why: "w" }],
  events: 9,
  last_seq: 9,
  page_views: 1,
  counts: { click: 2 },
  scroll_percent: 12.5,
  engaged_ms: 7,
  completeness,
};
const event = {
  seq: 1,
  stream: "s",
  number: 1,
  at: AT,
  received_at: AT,
  event_type: "click",
  page: "https://a.example/",
  element: null,
  x: 1.5,
  y: null,
  scroll_percent: 2,
  data: { a: 1 },
  late: false,
  truncated: false,
};
const bots = { mode: "exclude", excluded: 3 };
const period = { from: 1, to: 2 };
const rates = { bounces: 1, bounce_rate: 0.5, average_engaged_ms: 7, leads: 1 };
const sums = { sessions: 2, share: 1, events: 5, page_views: 3, ...rates };
const figures = {
  period,
  sessions: 2,
  visitors: 2,
  visitors_error: 0.01,
  events: 5,
  page_views: 3,
  ...rates,
  median_duration_ms: 4,
  expected: 5,
  missing: 1,
  implausible_streams: 0,
};
const { share: _share, ...daySums } = sums;
const list = (row: object) => ({ data: [row], next_cursor: null, other: null, hidden: 2, bots, period });
const page = (row: object) => ({ data: [row], next_cursor: "c" });
const anomaly = {
  kind: "traffic_spike",
  site: null,
  at: AT,
  from: 1,
  to: 2,
  hours: 3,
  value: 9.5,
  median: 1.5,
  mad: 0.5,
  deviation: 8.5,
  samples: 6,
};
const site = { site: "a", ip: "masked" };
const ANSWERS: Answer[] = [
  [
    "a problem",
    answers.ProblemBody,
    { type: "t", title: "T", status: 400, detail: "d", code: "c", errors: [{ path: "p", message: "m" }] },
    ["errors"],
  ],
  [
    "a start",
    answers.StartedBody,
    { session_id: ID, visitor_id: "v", device_id: null, ack: { record: order }, timestamp: AT },
    ["ack", "ack.record"],
  ],
  ["an end", answers.EndedBody, { session_id: ID, ended_at: AT }],
  ["a chunk", answers.ChunkAckBody, { ack, timestamp: AT }, ["ack.ended", "ack.record"]],
  [
    "a batch",
    answers.AckBody,
    {
      accepted: 2,
      duplicates: 1,
      rejected: [{ index: 1, code: "c", detail: "d" }],
      ack,
      ended: true,
      consent: "denied",
      engagement: { score: 70, band: "hot" },
      timestamp: AT,
    },
    ["ack.ended", "ack.record", "ended", "consent", "engagement"],
  ],
  [
    "a session",
    answers.SessionBody,
    { data: session },
    ["verified_bot", "engagement_band", "ledger.0.shadow", "ledger.0.withdrawn_at", "abstained"].map(
      (one) => `data.${one}`,
    ),
  ],
  ["a replay", answers.ReplayBody, { data: [{ seq: 1, at: AT, kind: "click" }], next_cursor: null }],
  ["events", answers.EventsPage, page(event)],
  [
    "a live session",
    answers.LiveBody,
    {
      data: {
        ...session,
        ledger: [],
        abstained: [],
        ended: false,
        velocity: {},
        timestamp: AT,
        unflushed: [{}],
        actor: { wakes: 1, journal_depth: 2, watermarks: {}, last_flush_error: {} },
      },
    },
    ["verified_bot", "engagement_band", "abstained"].map((one) => `data.${one}`),
  ],
  ["a site", answers.SiteBody, { data: site }, ["data.ip"]],
  ["sites", answers.SitesPage, { data: [{ site: "a" }], next_cursor: null }],
  ["a ticket", answers.TicketBody, { data: { ticket: "t", protocol: "p", path: "/a", expires_at: AT } }],
  ["health", answers.HealthBody, { status: "ok", version: "1", timestamp: AT }],
  ["an overview", OverviewBody, { data: { ...figures, previous: figures }, bots }],
  ["places", GeoBody, list({ country: "DE", region: null, ...sums }), ["data.0.country", "data.0.region"]],
  [
    "sources",
    SourcesBody,
    list({
      source: "google",
      channel: null,
      campaign: null,
      medium: null,
      term: null,
      content: null,
      referrer: null,
      ...sums,
    }),
    ["source", "channel", "campaign", "medium", "term", "content", "referrer"].map((one) => `data.0.${one}`),
  ],
  [
    "devices",
    DevicesBody,
    list({ device: "mobile", browser: null, os: null, ...sums }),
    ["data.0.device", "data.0.browser", "data.0.os"],
  ],
  ["bots by rule", BotsBody, list({ rule: "r", ...sums }), ["data.0.rule"]],
  ["bots by kind", BotsBody, list({ kind: null, ...sums }), ["data.0.kind"]],
  ["pages", PagesBody, list({ page: "p", views: 2, sessions: 2, entries: 1, bounces: 1, bounce_rate: 1 })],
  ["event types", EventTypesBody, list({ event_type: "click", at: AT, events: 2, sessions: 1 }), ["data.0.at"]],
  [
    "days",
    DailyBody,
    {
      data: [
        {
          date: "2026-11-29",
          from: 1,
          to: 2,
          visitors: 2,
          ...daySums,
          expected: 3,
          missing: 1,
          implausible_streams: 0,
        },
      ],
      next_cursor: null,
      tz: "UTC",
      bots,
      period,
    },
  ],
  [
    "engagement",
    EngagementBody,
    {
      data: {
        sessions: 2,
        average_engaged_ms: 1.5,
        median_duration_ms: null,
        average_scroll_percent: 12.5,
        pages_per_session: 1.5,
        bounce_rate: 0.5,
        bands: [{ from: 0, to: 9, ...sums }],
      },
      bots,
      period,
    },
  ],
  ["anomalies", AnomaliesBody, { data: [anomaly], next_cursor: null, period }],
];

describe("an answer about sessions", () => holdAnswers(ANSWERS));

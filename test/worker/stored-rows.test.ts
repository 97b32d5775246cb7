import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { newState } from "../../src/core/session/fold/state";
import { newHead } from "../../src/core/session/head";
import { newProgress } from "../../src/core/session/progress";
import { beginAudit, endAudit, listAudit } from "../../src/data/store/audit";
import { listEvents } from "../../src/data/store/events";
import { findKey, insertKey } from "../../src/data/store/keys";
import { insertEvents } from "../../src/data/store/projection";
import { sessionRow, upsertSession } from "../../src/data/store/session-row/row";
import { ID, NETWORK, T } from "../support/stored";

/** Rows as D1 keeps them, column by column: what exists already has these values in these places. */

it("an event's row has its columns, and the rest as JSON, cut to what D1 keeps", async () => {
  const entries = [
    {
      kind: "event",
      seq: 7,
      at: T + 1,
      received_at: T + 2,
      stream: "s1",
      number: 3,
      event_type: "click",
      page: "https://a.example/",
      element: "button",
      detail: { x: 1, y: 2, data: { sku: "A" } },
    },
    {
      kind: "event",
      seq: 8,
      at: T + 3,
      received_at: T + 4,
      stream: null,
      number: null,
      event_type: "scroll",
      detail: { scroll_percent: 5 },
      late: true,
    },
    {
      kind: "event",
      seq: 9,
      at: T + 5,
      received_at: T + 6,
      stream: "s1",
      number: 4,
      event_type: "custom",
      detail: { data: { a: "x", b: "y".repeat(1_024), c: 1 } },
    },
  ];
  await insertEvents(env.DB, ID, entries.map((entry) => JSON.stringify(entry)).join(",")).run();
  const { results } = await env.DB.prepare("SELECT * FROM events WHERE session_id = ? ORDER BY seq").bind(ID).all();
  const click = {
    session_id: ID,
    seq: 7,
    stream: "s1",
    number: 3,
    at: T + 1,
    received_at: T + 2,
    event_type: "click",
    page: "https://a.example/",
    element: "button",
    detail: '{"x":1,"y":2,"data":{"sku":"A"}}',
  };
  const late = {
    session_id: ID,
    seq: 8,
    stream: null,
    number: null,
    at: T + 3,
    received_at: T + 4,
    event_type: "scroll",
    page: null,
    element: null,
    detail: '{"scroll_percent":5,"late":true}',
  };
  const cut = {
    session_id: ID,
    seq: 9,
    stream: "s1",
    number: 4,
    at: T + 5,
    received_at: T + 6,
    event_type: "custom",
    page: null,
    element: null,
    detail: '{"data":{"a":"x"},"truncated":true}',
  };
  expect(results).toEqual([click, late, cut]);
  const { events } = await listEvents(env.DB, ID, 0, 10);
  expect(events.map(({ data, truncated, late }) => ({ data, truncated, late }))).toEqual([
    { data: { sku: "A" }, truncated: false, late: false },
    { data: null, truncated: false, late: true },
    { data: { a: "x" }, truncated: true, late: false },
  ]);
});

it("a session's row has each value in its own column", async () => {
  const identity = {
    visitor_id: "v",
    fingerprint_id: "f",
    device_id: "d",
    ip: "1.2.3.0",
    asn: 64_500,
    traits: { plan: "pro" },
  };
  const head = { ...newHead(ID, "a", T), identity, identity_version: 1 };
  const state = {
    ...newState(0),
    started_at: T,
    last_event_at: T + 10,
    ended_at: T + 20,
    network: NETWORK,
    events: 3,
    seq: 9,
  };
  const scores = { engagement: 41, bot: 42, vpn: 43, risk: 44 };
  state.judgement = { ...state.judgement, label: "human", scores };
  await upsertSession(env.DB, sessionRow(head, state, newProgress(0)), 2).run();
  const row = await env.DB.prepare("SELECT * FROM sessions WHERE session_id = ?").bind(ID).first();
  expect(row).toEqual({
    session_id: ID,
    site: "a",
    visitor_id: "v",
    fingerprint_id: "f",
    started_at: T,
    last_event_at: T + 10,
    ended_at: T + 20,
    ip: "1.2.3.0",
    asn: 64_500,
    country: "DE",
    label: "human",
    ...scores,
    events: 3,
    last_seq: 9,
    detail:
      '{"v":2,"end_reason":null,"device_id":"d","rules_version":0,"from":["tablet"],"client":[["BE",["firefox","linux",' +
      '120,true,"Curl","tablet","tool"],"a2","n3","DE","Europe/Berlin","TXL","HTTP/3",true,"relay",60,["no_gzip"],' +
      '"de-DE","apple",21,4,55,"Search Engine Crawler",true]],"entry_page":"","traits":{"plan":"pro"},"quarantined":2}',
  });
});

it("a key's row has its scopes and sites as JSON, and is read again", async () => {
  const key = {
    key_id: "k-stored",
    hash: "h",
    name: "n",
    scopes: ["read" as const, "admin" as const],
    sites: ["a"],
    created_at: T,
    revoked_at: null,
    expires_at: T + 1,
  };
  await insertKey(env.DB, key);
  const row = await env.DB.prepare("SELECT * FROM api_keys WHERE key_id = ?").bind(key.key_id).first();
  expect(row).toEqual({ ...key, scopes: '["read","admin"]', sites: '["a"]' });
  expect(await findKey(env.DB, key.key_id)).toEqual(key);
});

it("an audit's row has what was done, and how it ended", async () => {
  const entry = { at: T, audit_id: "stored", key_id: "k", action: "POST /x", target: "t" };
  await beginAudit(env.DB, entry);
  await endAudit(env.DB, entry, 204);
  const { entries } = await listAudit(env.DB, { at: T + 1, audit_id: "" }, 1);
  expect(entries).toEqual([{ ...entry, status: 204 }]);
});

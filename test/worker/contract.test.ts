import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/bindings";
import type { Document, PublishedOperation } from "../../src/edge/openapi/document";
import type { Operation } from "../../src/edge/openapi/operation";
import { operations } from "../../src/edge/openapi/operations";
import worker from "../../src/index";
import { submit } from "../support/leads";
import { ask, inserted, KEY, PAGE, post } from "../support/visit";
import { newId } from "./helpers";

/** The published document, walked: each operation's example is answered as it says, and each error it declares is met. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const FINGERPRINT = operations["GET /analytics/fingerprints/:id"]?.example?.params?.["id"] ?? "";
const SESSION = "0b7e2a52-6f0c-4d3e-9a41-6f5c0d8e1a01";

interface Call {
  name: string;
  method: string;
  path: string;
  published: PublishedOperation;
  operation: Operation;
}

let calls: Call[] = [];
let ingestOnly: Record<string, string> = {};
let readOnly: Record<string, string> = {};

/** Values of parameters that no example can name, because the test has to make them first. */
const made: Record<string, string> = {};

const pathOf = ({ path, published }: Call, ids = made, withQuery = true): string => {
  const named = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const example = published.parameters.find((one) => one.in === "path" && one.name === name)?.example;
    return encodeURIComponent(ids[`${path} ${name}`] ?? ids[name] ?? example ?? newId());
  });
  const query = new URLSearchParams(
    published.parameters.flatMap((one) => (one.in === "query" && one.example ? [[one.name, one.example]] : [])),
  );
  return withQuery && query.size > 0 ? `${named}?${query}` : named;
};

const exampleOf = ({ published }: Call): unknown => published.requestBody?.content["application/json"]?.example;

interface Changed {
  body?: BodyInit | null;
  headers?: Record<string, string>;
  query?: string;
  ids?: Record<string, string>;
  env?: Partial<Env>;
}

/** The call of the example, changed in one place. */
function send(call: Call, { body, headers = KEY, query, ids = made, env: changed }: Changed = {}): Promise<Response> {
  const example = exampleOf(call);
  const path = query === undefined ? pathOf(call, ids) : `${pathOf(call, ids, false)}${query}`;
  const sent = body ?? (example === undefined ? undefined : JSON.stringify(example));
  const isSocket = call.operation.status === 101;
  const init: RequestInit = {
    method: call.method,
    headers: { "Content-Type": "application/json", ...(isSocket && { Upgrade: "websocket" }), ...headers },
    ...(sent !== undefined && sent !== null && call.method !== "GET" && { body: sent }),
    redirect: "manual",
  };
  if (!changed) return ask(path, init);
  const request = new Request(`https://pulse.example${path}`, init);
  return Promise.resolve(worker.fetch(request as Parameters<typeof worker.fetch>[0], { ...env, ...changed } as Env));
}

async function makeKey(scope: string) {
  const response = await post("/analytics/keys", { name: `may ${scope}`, scopes: [scope] }, { headers: KEY });
  const { data } = await response.json<{ data: { key: string; key_id: string } }>();
  return { key_id: data.key_id, headers: { Authorization: `Bearer ${data.key}` } };
}

beforeAll(async () => {
  const { paths } = await (await ask("/openapi.json")).json<Document>();
  calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([verb, published]): Call => {
      const method = verb.toUpperCase();
      const name = `${method} ${path}`;
      const operation = operations[name.replace(/\{(\w+)\}/g, ":$1")];
      if (!operation) throw new Error(`${name} has no operation`);
      return { name, method, path, published, operation };
    }),
  );
  const [ingests, reads] = [await makeKey("ingest"), await makeKey("read")];
  ingestOnly = ingests.headers;
  readOnly = reads.headers;
  made["key"] = ingests.key_id;
  await env.DB.prepare("INSERT INTO fingerprints VALUES (?, 'default', 1, 2, 1, 1, 1, 1)").bind(FINGERPRINT).run();
  await env.DB.prepare("INSERT INTO identity_network VALUES (?, 'default', '198.51.100.0/24', 64500, 'DE', 1, 2)")
    .bind(FINGERPRINT)
    .run();
  const start = { page: PAGE, visitor_id: "v-42", fingerprint_id: FINGERPRINT };
  await post("/track/events/batch", { session_id: SESSION, start, events: [{ event_type: "click" }] });
  await inserted(SESSION);
  const recorded = operations["POST /track/recording"]?.example?.body as { session_id: string; site: string };
  await ask(`/analytics/sites/${recorded.site}`, { method: "PUT", body: '{"record":true}', headers: KEY });
  const { session_id, site } = recorded;
  await post("/track/events/batch", { session_id, site, start: { page: PAGE }, events: [{ event_type: "click" }] });
  await inserted(session_id);
  made["/analytics/leads/{id} id"] = (await submit("default", { email: "anna@shop.example" })).lead_id;
  made["erasure"] = newId();
});

const codesOf = ({ published }: Call): [status: number, code: string][] =>
  Object.entries(published.responses).flatMap(([status, { description }]) =>
    Number(status) < 400
      ? []
      : [...description.matchAll(/\(`(\w+)`\)/g)].map(([, code = ""]): [number, string] => [Number(status), code]),
  );

const isLimited = { limit: () => Promise.resolve({ success: false }) } as RateLimit;
const LIMITED: Partial<Env> = {
  LIMIT_TRACK: isLimited,
  LIMIT_START: isLimited,
  LIMIT_SITE_STARTS: isLimited,
  LIMIT_LEADS: isLimited,
  LIMIT_SITE_LEADS: isLimited,
  LIMIT_API: isLimited,
};

/** Where a call without an origin needs a key, and the development key is none. */
const PRODUCTION: Partial<Env> = { ENVIRONMENT: "production", ANALYTICS_API_KEY: "a production key" };

const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

const strange = Object.fromEntries(
  ["id", "site", "name", "key", "erasure", "fingerprint_id"].map((name) => [name, `${newId()}`]),
);

/** How an operation is made to answer with an error. What depends on more than one request is in other files. */
const PROVOKED: Record<string, (call: Call) => Changed> = {
  invalid_json: () => ({ body: "{" }),
  not_utf8: () => ({ body: new Uint8Array([0x22, 0xff, 0x22]) }),
  too_deep: () => ({ body: `{"a":${nested(2_000)}}` }),
  forbidden_key: () => ({ body: '{"__proto__": {}}' }),
  invalid_body: () => ({ body: '"no object"' }),
  too_large: () => ({ body: JSON.stringify({ a: "x".repeat(2_000_000) }) }),
  unsupported_type: () => ({ body: "x", headers: { ...KEY, "Content-Type": "image/png" } }),
  invalid_query: ({ operation }) => ({ query: operation.query ? "?nonsense=1" : "?site=no%20site%21" }),
  rate_limited: ({ path }) => ({ env: LIMITED, ...(path === "/health" && { query: "?deep=1" }) }),
  analytics_unavailable: () => ({ env: { ANALYTICS_API_KEY: "" } }),
  scope_missing: ({ operation }) =>
    operation.keyed ? { headers: ingestOnly } : { headers: readOnly, env: PRODUCTION },
  key_required: ({ operation }) => ({
    headers: {},
    ...(!operation.keyed && { env: PRODUCTION }),
  }),
  ticket_invalid: () => ({ headers: { "Sec-WebSocket-Protocol": "ticket.none" } }),
  upgrade_required: () => ({ headers: { ...KEY, Upgrade: "none" } }),
  invalid_ticket_path: () => ({ body: JSON.stringify({ path: "/analytics/overview" }) }),
  no_valid_event: ({ path }) =>
    path.endsWith("batch")
      ? { body: JSON.stringify({ session_id: SESSION, events: [{ event_type: "" }] }) }
      : { body: JSON.stringify({ session_id: SESSION, event_type: "" }) },
  signature_invalid: () => ({
    body: JSON.stringify({ lead_id: newId(), status: "won" }),
    headers: { "webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "v1,x" },
  }),
  not_found: ({ path }) => {
    if (path === "/analytics/people") return { query: "?email=nobody@shop.example" };
    const impossible = { ...strange, site: "no%site" };
    const isSession = path.startsWith("/analytics/sessions/");
    const isVisitor = path.startsWith("/analytics/visitors/");
    return { ids: { ...impossible, ...(isSession && { id: "no-uuid" }), ...(isVisitor && { id: "x".repeat(1_000) }) } };
  },
  session_unknown: ({ path }) => {
    if (path === "/track/recording") {
      const example = operations["POST /track/recording"]?.example?.body as object;
      return { body: JSON.stringify({ ...example, session_id: newId() }) };
    }
    const event = { event_type: "click" };
    const body = path.includes("batch") ? { events: [event] } : path.includes("event") ? event : {};
    return { ids: strange, body: JSON.stringify({ session_id: newId(), ...body }) };
  },
};

/** Codes that need a history: met in the file named. A code of neither list fails the test. */
const ELSEWHERE: Record<string, string> = {
  recording_refused: "recording.test.ts",
  recording_full: "recording.test.ts",
  origin_not_allowed: "analytics.test.ts",
  session_key_invalid: "tracking.test.ts",
  consent_pending: "consent.test.ts",
  stream_too_sparse: "bad-input.test.ts",
  too_fast: "limits.test.ts",
  busy: "tracking.test.ts",
  session_erased: "erasure.test.ts",
  unavailable: "stores that fail: analytics.test.ts, test/crash",
};

describe("each published operation", () => {
  it("answers its example with the status and the schema it says", async () => {
    const wrong: string[] = [];
    let checked = 0;
    for (const call of calls) {
      const { operation, name } = call;
      if (!operation.example) continue;
      const response = await send(call);
      if (response.status !== (operation.status ?? 200)) {
        wrong.push(`${name}: ${response.status} ${await response.text()}`);
        continue;
      }
      checked += 1;
      response.webSocket?.accept();
      response.webSocket?.close();
      if (!operation.answer) {
        await response.body?.cancel();
        continue;
      }
      const parsed = operation.answer.safeParse(await response.json());
      if (!parsed.success) wrong.push(`${name}: ${parsed.error.message}`);
    }
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(30);
  });

  it("answers each error it declares with that status and code, as a problem", async () => {
    const wrong: string[] = [];
    const unknown = new Set<string>();
    let checked = 0;
    for (const call of calls) {
      for (const [status, code] of codesOf(call)) {
        const provoke = PROVOKED[code];
        if (!provoke && !ELSEWHERE[code]) unknown.add(code);
        if (!provoke) continue;
        const response = await send(call, provoke(call));
        response.webSocket?.accept();
        response.webSocket?.close();
        const type = response.headers.get("Content-Type");
        const text = response.webSocket ? "a socket" : await response.text();
        const found = type === "application/problem+json" ? (JSON.parse(text) as { code: string }).code : text;
        checked += 1;
        if (response.status !== status || found !== code) {
          wrong.push(`${call.name}, ${status} ${code}: ${response.status} ${found.slice(0, 90)}`);
        }
      }
    }
    expect([...unknown]).toEqual([]);
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(150);
  });

  it("answers another method with 405, and says which its path takes", async () => {
    for (const call of calls) {
      const response = await ask(pathOf(call), { method: "PATCH", headers: KEY });
      expect(response.status, call.name).toBe(405);
      expect(response.headers.get("Allow"), call.name).toContain(call.method);
      expect((await response.json<{ code: string }>()).code).toBe("method_not_allowed");
    }
  });
});

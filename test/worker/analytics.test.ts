import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Env } from "../../src/bindings";
import type { Session } from "../../src/data/store/sessions";
import { routes } from "../../src/edge/routes";
import worker from "../../src/index";
import { BUILT_IN_TYPES } from "../../src/protocol/events";
import { SiteInput } from "../../src/protocol/site";
import { ask, KEY, PAGE, post } from "../support/visit";
import { BATCH, batchOf, clicks, flushed, newId, problemOf, read, START, taken } from "./helpers";

interface Page {
  data: Session[];
  next_cursor: string | null;
}

const DAY = 86_400_000;
/** Rows of these tests begin here, apart from what is tracked now. */
const BASE = Date.UTC(2026, 5, 1);

async function insertSession(more: Record<string, string | number | null>): Promise<string> {
  const row = {
    session_id: newId(),
    site: "default",
    visitor_id: null,
    fingerprint_id: null,
    started_at: BASE,
    last_event_at: BASE,
    ended_at: null,
    ip: null,
    asn: null,
    country: null,
    label: null,
    engagement: null,
    bot: null,
    vpn: null,
    risk: null,
    events: 1,
    last_seq: 1,
    detail: '{"counts":{}}',
    ...more,
  };
  const names = Object.keys(row);
  const marks = names.map(() => "?").join(", ");
  await env.DB.prepare(`INSERT INTO sessions (${names.join(", ")}) VALUES (${marks})`)
    .bind(...Object.values(row))
    .run();
  return row.session_id;
}

const idsOf = async (query: string): Promise<string[]> =>
  (await read<Page>(`/analytics/sessions?${query}`)).data.map(({ session_id }) => session_id);

/** The Worker in another environment. */
const within = (changes: Partial<Env>, path: string, init: RequestInit = {}): Promise<Response> => {
  const headers = new Headers(init.headers);
  headers.set("CF-Connecting-IP", "198.51.100.77");
  if (init.body) headers.set("Content-Type", "application/json");
  const request = new Request(`https://pulsegate.example${path}`, { ...init, headers });
  return worker.fetch(request as Parameters<typeof worker.fetch>[0], { ...env, ...changes } as Env);
};

describe("the key", () => {
  const path = "/analytics/sessions";

  it("opens the API as a bearer token or as X-API-Key", async () => {
    for (const headers of [
      { Authorization: "Bearer pulsegate-development-key" },
      { Authorization: "bearer  pulsegate-development-key" },
      { "X-API-Key": "pulsegate-development-key" },
    ]) {
      expect((await ask(path, { headers })).status).toBe(200);
    }
  });

  it.each([
    ["none", {}],
    ["a wrong one", { Authorization: "Bearer pulsegate-development-kez" }],
    ["a longer one", { Authorization: "Bearer pulsegate-development-key1" }],
    ["an empty one", { "X-API-Key": "" }],
    ["another scheme", { Authorization: "Basic pulsegate-development-key" }],
    [
      "a wrong bearer beside the right X-API-Key",
      { Authorization: "Bearer x", "X-API-Key": "pulsegate-development-key" },
    ],
  ])("missing or wrong is 401 with WWW-Authenticate: %s", async (_, headers) => {
    for (const route of routes.filter(({ path: one }) => one.startsWith("/analytics/"))) {
      const { method } = route;
      const target = route.path.replaceAll(/:\w+/g, newId());
      const body = method === "GET" ? {} : { body: "{}" };
      const upgrade = target.endsWith("/stream") ? { Upgrade: "websocket" } : {};
      const response = await ask(target, { method, ...body, headers: { ...headers, ...upgrade } });
      expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
      await problemOf(response, "key_required");
    }
  });

  it("is not asked of OPTIONS", async () => {
    for (const target of [path, `${path}/${newId()}`, "/analytics/tickets", "/analytics/sites/default"]) {
      const response = await ask(target, { method: "OPTIONS" });
      expect(response.status).toBe(204);
      expect(response.headers.get("Allow")).toContain("OPTIONS");
    }
  });

  it("is never in an answer", async () => {
    const response = await ask(path, { headers: { Authorization: "Bearer a-secret-guess" } });
    expect(await response.text()).not.toContain("a-secret-guess");
  });
});

describe("outside development", () => {
  const production: Partial<Env> = { ENVIRONMENT: "production", ANALYTICS_API_KEY: "a-production-key" };
  const key = { Authorization: "Bearer a-production-key" };

  it("the API is 503 without a key, with an empty one, and with the development one", async () => {
    for (const ANALYTICS_API_KEY of ["", "pulsegate-development-key"]) {
      for (const path of ["/analytics/sessions", "/analytics/sites/default", `/analytics/sessions/${newId()}/live`]) {
        await problemOf(
          await within({ ...production, ANALYTICS_API_KEY }, path, { headers: KEY }),
          "analytics_unavailable",
        );
      }
    }
    expect((await within(production, "/analytics/sessions", { headers: key })).status).toBe(200);
    await problemOf(await within(production, "/analytics/sessions", { headers: KEY }), "key_required");
  });

  it("no origin may send until one is set, and a call without Origin needs the key", async () => {
    const body = JSON.stringify(batchOf(newId()));
    const send = (headers: Record<string, string>) => within(production, BATCH, { method: "POST", body, headers });
    const refused = await send({ Origin: "https://shop.example" });
    expect(refused.headers.get("Access-Control-Allow-Origin")).toBeNull();
    await problemOf(refused, "origin_not_allowed");
    await problemOf(await send({ Origin: "null" }), "origin_not_allowed");
    const keyless = await send({});
    expect(keyless.headers.get("WWW-Authenticate")).toBe("Bearer");
    await problemOf(keyless, "key_required");
    await problemOf(await send({ Authorization: "Bearer wrong" }), "key_required");
    expect((await send(key)).status).toBe(200);
    // The development key opens nothing here, even when it is what is configured.
    const weak = { ...production, ANALYTICS_API_KEY: "pulsegate-development-key" };
    await problemOf(await within(weak, BATCH, { method: "POST", body, headers: KEY }), "key_required");
  });

  it("a page of a foreign origin has its socket closed with 4403, and the preflight is answered all the same", async () => {
    const headers = { Upgrade: "websocket", Origin: "https://evil.example" };
    const response = await within(production, `/track/socket?session_id=${newId()}`, { headers });
    const socket = response.webSocket;
    socket?.accept();
    const code = await new Promise((resolve) => socket?.addEventListener("close", (event) => resolve(event.code)));
    expect(code).toBe(4403);
    const preflight = { method: "OPTIONS", headers: { Origin: "https://evil.example" } };
    expect((await within(production, BATCH, preflight)).status).toBe(204);
  });

  it("RATE_LIMIT=off lifts nothing, and there is no demo", async () => {
    const spent = { limit: async () => ({ success: false }) };
    const all = { ...production, RATE_LIMIT: "off", LIMIT_TRACK: spent, LIMIT_API: spent };
    await problemOf(await within(all, BATCH, { method: "POST", body: "{}" }), "rate_limited");
    await problemOf(await within(all, "/analytics/sessions", { headers: key }), "rate_limited");
    await problemOf(await within(production, "/demo"), "not_found");
    expect((await ask("/demo")).status).toBe(200);
  });
});

describe("a site's settings", () => {
  const put = (site: string, settings: unknown) =>
    ask(`/analytics/sites/${site}`, { method: "PUT", headers: KEY, body: JSON.stringify(settings) });

  it("are the defaults until they are set: any origin in development, none elsewhere", async () => {
    const { data } = await read<{ data: object }>("/analytics/sites/new-site");
    expect(data).toEqual({ site: "new-site", ...SiteInput.parse({ allowed_origins: ["*"] }) });
    expect(SiteInput.parse({})).toMatchObject({ allowed_origins: [], default_consent: "granted", ip: "masked" });
  });

  it("are kept as put, with defaults for what is left out, and shown by GET", async () => {
    const settings = { allowed_origins: ["https://shop.example", "http://localhost:3000"], ip: "full" };
    const whole = { site: "kept", ...SiteInput.parse({}), ...settings };
    const response = await put("kept", settings);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ data: whole });
    expect(await read("/analytics/sites/kept")).toEqual({ data: whole });
    expect(await (await put("kept", {})).json()).toMatchObject({ data: { allowed_origins: [], ip: "masked" } });
  });

  it("make a site known by name, beside the default one", async () => {
    await put("listed", {});
    const { data } = await read<{ data: { site: string }[] }>("/analytics/sites");
    expect(data).toEqual(expect.arrayContaining([{ site: "default" }, { site: "listed" }]));
  });

  it("hold at once for tracking: a foreign origin is refused, its own taken, another site untouched", async () => {
    await put("guarded", { allowed_origins: ["https://shop.example"] });
    const send = (site: string, Origin: string) =>
      post(`${BATCH}?site=${site}`, batchOf(newId()), { headers: { Origin } });
    expect((await send("guarded", "https://shop.example")).status).toBe(200);
    for (const origin of ["https://evil.example", "https://shop.example.evil.example", "http://shop.example", "null"]) {
      const response = await send("guarded", origin);
      expect(response.headers.get("Access-Control-Allow-Origin")).toBeNull();
      await problemOf(response, "origin_not_allowed");
    }
    expect((await send("unguarded", "https://evil.example")).status).toBe(200);
    await put("guarded", { allowed_origins: [] });
    await problemOf(await send("guarded", "https://shop.example"), "origin_not_allowed");
  });

  it("decide how addresses are stored", async () => {
    const stored = async (site: string, ip: string): Promise<string | null> => {
      const session_id = newId();
      await post(`${START}?site=${site}`, { page: PAGE, session_id }, { ip });
      return (await read<{ data: Session }>(`/analytics/sessions/${session_id}/live`)).data.ip;
    };
    for (const ip of ["full", "hashed", "masked"]) await put(`ip-${ip}`, { allowed_origins: ["*"], ip });
    expect(await stored("ip-full", "198.51.100.23")).toBe("198.51.100.23");
    expect(await stored("ip-masked", "198.51.100.23")).toBe("198.51.100.0/24");
    expect(await stored("ip-masked", "2001:db8:1:2::3")).toBe("2001:db8:1::/48");
    const hashed = await stored("ip-hashed", "198.51.100.23");
    expect(hashed).toMatch(/^h:[0-9a-f]{32}$/);
    expect(await stored("ip-hashed", "198.51.100.23")).toBe(hashed);
    expect(await stored("ip-hashed", "198.51.100.24")).not.toBe(hashed);
  });

  it.each([
    ["allowed_origins.0", { allowed_origins: ["shop.example"] }],
    ["allowed_origins.0", { allowed_origins: ["https://shop.example/path"] }],
    ["allowed_origins.0", { allowed_origins: ["javascript:alert(1)"] }],
    ["allowed_origins.0", { allowed_origins: ["https://SHOP.example"] }],
    ["allowed_origins", { allowed_origins: "*" }],
    ["allowed_origins", { allowed_origins: Array(101).fill("https://shop.example") }],
    ["default_consent", { default_consent: "perhaps" }],
    ["ip", { ip: "none" }],
    ["", { allowed_origin: ["*"] }],
    ["", []],
  ])("are refused at %j when they do not fit", async (path, settings) => {
    const { errors } = await problemOf(await put("refused", settings), "invalid_body");
    expect(errors?.[0]?.path).toBe(path);
  });

  it.each(["a%20b", "..%2Fx", "x".repeat(65), "%00"])("exist for no site named %s", async (site) => {
    await problemOf(await ask(`/analytics/sites/${site}`, { headers: KEY }), "not_found");
    await problemOf(await put(site, {}), "not_found");
  });

  it.each(["constructor", "toString", "hasOwnProperty"])(
    "are found for a site named %s only once set",
    async (site) => {
      expect(await read(`/analytics/sites/${site}`)).toMatchObject({ data: { site, allowed_origins: ["*"] } });
      await put(site, { allowed_origins: ["https://shop.example"] });
      expect(await read(`/analytics/sites/${site}`)).toMatchObject({
        data: { allowed_origins: ["https://shop.example"] },
      });
    },
  );
});

describe("the list of sessions", () => {
  const range = `from=${BASE}&to=${BASE + DAY}`;

  it("is newest first, in pages that rows inserted meanwhile neither shift nor repeat", async () => {
    const day = BASE - 30 * DAY;
    const query = `from=${day}&to=${day + DAY}&limit=3`;
    const ids: string[] = [];
    // Two of each start time: the id decides among equals.
    for (let i = 0; i < 10; i++) ids.push(await insertSession({ started_at: day + 1_000 + Math.floor(i / 2) }));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page = await read(`/analytics/sessions?${query}${cursor ? `&cursor=${cursor}` : ""}`);
      expect(page.data.length).toBeLessThanOrEqual(3);
      seen.push(...page.data.map(({ session_id }) => session_id));
      cursor = page.next_cursor;
      await insertSession({ started_at: day + 5_000 });
    } while (cursor);
    expect(seen).toHaveLength(10);
    expect([...seen].sort()).toEqual([...ids].sort());
    const times = seen.map((id) => ids.indexOf(id)).map((i) => Math.floor(i / 2));
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it("has no next page when the last is exactly full", async () => {
    const day = BASE - 40 * DAY;
    for (let i = 0; i < 4; i++) await insertSession({ started_at: day + i });
    const first = await read<Page>(`/analytics/sessions?from=${day}&to=${day + DAY}&limit=2`);
    const second = await read<Page>(
      `/analytics/sessions?from=${day}&to=${day + DAY}&limit=2&cursor=${first.next_cursor}`,
    );
    expect(first.next_cursor).not.toBeNull();
    expect(second).toMatchObject({ data: [{}, {}], next_cursor: null });
  });

  it("filters by site, visitor, fingerprint, country, label and the bounds of each score", async () => {
    const one = await insertSession({
      site: "shop",
      visitor_id: "v1",
      fingerprint_id: "f1",
      country: "DE",
      label: "bot",
      engagement: 10,
      bot: 90,
      vpn: 50,
      risk: 70,
    });
    const two = await insertSession({
      site: "blog",
      visitor_id: "v2",
      fingerprint_id: "f2",
      country: "FR",
      label: "hot_lead",
      engagement: 80,
      bot: 5,
      vpn: 0,
      risk: 20,
    });
    const none = await insertSession({ visitor_id: "v3" });
    const first = ["site=shop", "visitor_id=v1", "fingerprint_id=f1", "country=de", "label=bot", "max_engagement=10"];
    for (const filter of [...first, "min_bot=6", "min_vpn=50", "min_risk=70"]) {
      expect(await idsOf(`${range}&${filter}`), filter).toEqual([one]);
    }
    for (const filter of ["site=blog", "min_engagement=11", "max_bot=5", "max_vpn=49", "max_risk=69"]) {
      expect(await idsOf(`${range}&${filter}`), filter).toEqual([two]);
    }
    expect(await idsOf(`${range}&site=shop&country=FR`)).toEqual([]);
    expect((await idsOf(range)).sort()).toEqual([one, two, none].sort());
  });

  it("takes from and to as ISO 8601 and as milliseconds, from included and to not", async () => {
    const at = BASE + 10 * DAY;
    const id = await insertSession({ started_at: at });
    const iso = (time: number) => encodeURIComponent(new Date(time).toISOString());
    expect(await idsOf(`from=${at}&to=${at + 1}`)).toEqual([id]);
    expect(await idsOf(`from=${iso(at)}&to=${iso(at + 1)}`)).toEqual([id]);
    expect(await idsOf("from=2026-06-11&to=2026-06-12")).toEqual([id]);
    expect(await idsOf("from=2026-06-11T02:00:00%2B02:00&to=2026-06-12T00:00Z")).toEqual([id]);
    expect(await idsOf(`from=${at - 10}&to=${at}`)).toEqual([]);
  });

  it("covers the last seven days unless asked otherwise", async () => {
    const now = Date.now();
    const [recent, old] = [
      await insertSession({ started_at: now - 6 * DAY }),
      await insertSession({ started_at: now - 8 * DAY }),
    ];
    const ids = await idsOf("limit=100");
    expect(ids).toContain(recent);
    expect(ids).not.toContain(old);
  });

  it.each([
    ["limit", "limit=1000000000"],
    ["limit", "limit=0"],
    ["limit", "limit=-1"],
    ["limit", "limit=ten"],
    ["limit", "limit=1.5"],
    ["from", "from=yesterday"],
    ["from", "from=hello%201"],
    ["from", "from=1%2F2%2F3"],
    ["from", "from=99999999999999999999"],
    ["from", "from=2026-06-12&to=2026-06-11"],
    ["to", "to="],
    ["site", "site=a%20b"],
    ["country", "country=DEU"],
    ["country", "country=%27%27"],
    ["visitor_id", `visitor_id=${"v".repeat(129)}`],
    ["min_bot", "min_bot=101"],
    ["max_risk", "max_risk=high"],
    ["cursor", "cursor=abc"],
    ["cursor", "cursor=%00"],
    ["cursor", `cursor=${btoa('["events:x",1]')}`],
    ["cursor", `cursor=${btoa('["sessions","1","x"]')}`],
    ["cursor", `cursor=${btoa('["sessions",1,"x",2]')}`],
    ["cursor", `cursor=${"a".repeat(600)}`],
  ])("is 400 naming %s for ?%s", async (path, query) => {
    const { errors } = await problemOf(await ask(`/analytics/sessions?${query}`, { headers: KEY }), "invalid_query");
    expect(errors?.[0]?.path).toBe(path);
  });

  it.each(["visitor", "Limit", "offset", "__proto__", "constructor", "order_by"])(
    "is 400 naming the unknown parameter %s",
    async (name) => {
      const response = await ask(`/analytics/sessions?${name}=1`, { headers: KEY });
      const { errors } = await problemOf(response, "invalid_query");
      expect(JSON.stringify(errors)).toContain(name);
    },
  );

  it("treats SQL in a filter as text", async () => {
    const id = await insertSession({ visitor_id: "v'--", detail: JSON.stringify({ campaign: "x' or 1=1 --" }) });
    const campaign = encodeURIComponent("x' OR 1=1 --");
    expect(await idsOf(`${range}&campaign=${campaign}`)).toEqual([id]);
    expect(await idsOf(`${range}&visitor_id=${encodeURIComponent("v'--")}`)).toEqual([id]);
    expect(await idsOf(`${range}&campaign=${encodeURIComponent("' OR '1'='1")}`)).toEqual([]);
    const drop = encodeURIComponent("'; DROP TABLE sessions; --");
    expect(await idsOf(`${range}&campaign=${drop}`)).toEqual([]);
    await problemOf(await ask(`/analytics/sessions?${range}&label=${drop}`, { headers: KEY }), "invalid_query");
    expect(await idsOf(range)).toContain(id);
  });
});

describe("one session", () => {
  let session_id = "";

  beforeAll(async () => {
    session_id = newId();
    const events = [
      { event_type: "page_view", page: PAGE },
      ...clicks(6),
      { event_type: "scroll", scroll_percent: 40 },
    ];
    await taken(batchOf(session_id, { events, end: {} }));
    await flushed(session_id);
  });

  it("is shown with scores, ledger, counts and completeness, as it is live", async () => {
    const { data } = await read<{ data: Session }>(`/analytics/sessions/${session_id}`);
    expect(data).toMatchObject({
      session_id,
      site: "default",
      events: 8,
      page_views: 1,
      scroll_percent: 40,
      end_reason: "client",
      counts: { page_view: 1, click: 6, scroll: 1 },
      completeness: { received: 8, expected: 8, missing: 0 },
      label: "human",
      scores: { engagement: 24, bot: 0, vpn: 0, risk: 0 },
      engagement_band: "warm",
      rules_version: 1,
      ledger: [
        { rule: "engagement.clicks", score: "engagement", points: 12, class: "convicting", evidence: "6 clicks" },
        {
          rule: "engagement.scroll",
          score: "engagement",
          points: 12,
          class: "convicting",
          evidence: "scrolled to 40 %",
        },
      ],
      abstained: expect.arrayContaining([{ rule: "vpn.tor", why: expect.stringContaining("no cf") }]),
    });
    const live = await read<{ data: object }>(`/analytics/sessions/${session_id}/live`);
    expect(live.data).toMatchObject(data);
  });

  it("has its events in pages, in the order they were taken", async () => {
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const path = `/analytics/sessions/${session_id}/events?limit=3${cursor ? `&cursor=${cursor}` : ""}`;
      const page: { data: { number: number }[]; next_cursor: string | null } = await read(path);
      seen.push(...page.data.map(({ number }) => number));
      cursor = page.next_cursor;
    } while (cursor);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("shows an event with each of its fields", async () => {
    const { data } = await read<{ data: object[] }>(`/analytics/sessions/${session_id}/events?limit=2`);
    expect(data[1]).toEqual({
      seq: expect.any(Number),
      stream: "s1",
      number: 2,
      at: expect.any(Number),
      received_at: expect.any(Number),
      event_type: "click",
      page: PAGE,
      element: null,
      x: null,
      y: null,
      scroll_percent: null,
      data: { i: 0 },
      late: false,
      truncated: false,
    });
  });

  it("takes no cursor of another session's events, and no unknown parameter", async () => {
    const first = await read<{ next_cursor: string }>(`/analytics/sessions/${session_id}/events?limit=1`);
    const other = newId();
    await taken(batchOf(other, { end: {} }));
    await flushed(other);
    const path = `/analytics/sessions/${other}/events`;
    await problemOf(await ask(`${path}?cursor=${first.next_cursor}`, { headers: KEY }), "invalid_query");
    await problemOf(await ask(`${path}?limit=101`, { headers: KEY }), "invalid_query");
    await problemOf(await ask(`${path}?type=click`, { headers: KEY }), "invalid_query");
  });

  it("that is unknown is 404, and so is what can be no id", async () => {
    for (const part of ["", "/events", "/live"]) {
      await problemOf(await ask(`/analytics/sessions/${newId()}${part}`, { headers: KEY }), "session_unknown");
      await problemOf(await ask(`/analytics/sessions/x%27%20OR%201${part}`, { headers: KEY }), "not_found");
    }
  });
});

describe("the tables", () => {
  it.each([
    ["sessions", 18],
    ["events", 10],
    ["fingerprints", 8],
    ["identity_network", 7],
  ])("%s has %i columns", async (table, count) => {
    const { results } = await env.DB.prepare(`PRAGMA table_info(${table})`).all();
    expect(results).toHaveLength(count);
  });

  it.each([
    "SELECT * FROM sessions WHERE session_id = ?",
    "SELECT * FROM sessions WHERE visitor_id = ? ORDER BY started_at DESC",
    "SELECT * FROM sessions WHERE fingerprint_id = ? ORDER BY started_at DESC",
    "SELECT * FROM sessions WHERE ip = ? ORDER BY started_at DESC",
    "SELECT * FROM sessions WHERE started_at >= ? AND started_at < ? ORDER BY started_at DESC, session_id DESC",
    "SELECT * FROM sessions WHERE started_at >= ? AND (started_at, session_id) < (?, ?) ORDER BY started_at DESC, session_id DESC",
    "SELECT * FROM events WHERE session_id = ? ORDER BY seq",
    "SELECT * FROM events WHERE session_id = ? AND seq > ? ORDER BY seq LIMIT 10",
    "SELECT * FROM events WHERE event_type = ? AND at >= ? AND event_type NOT IN ('mousemove', 'scroll') ORDER BY at",
    "SELECT * FROM fingerprints WHERE fingerprint_id = ?",
    "SELECT * FROM fingerprints WHERE fingerprint_id = ? AND site = ?",
    "SELECT * FROM identity_network WHERE fingerprint_id = ?",
    "SELECT * FROM identity_network WHERE fingerprint_id = ? AND site = ?",
    "SELECT * FROM identity_network WHERE ip = ?",
    "SELECT * FROM identity_network WHERE asn = ?",
  ])("are searched, never scanned or sorted, for %s", async (query) => {
    const values = [...query.matchAll(/\?/g)].map(() => 1);
    const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${query}`)
      .bind(...values)
      .all<{ detail: string }>();
    const plan = results.map(({ detail }) => detail).join("; ");
    expect(plan).toMatch(/^SEARCH \w+ USING (INDEX|PRIMARY KEY|COVERING INDEX)/);
    expect(plan).not.toMatch(/SCAN|TEMP B-TREE/);
  });
});

describe("/health", () => {
  it("is ok, with version and time, for anyone", async () => {
    const response = await ask("/health");
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(await response.json()).toEqual({
      status: "ok",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      timestamp: expect.any(Number),
    });
  });

  it("with deep=1 asks every binding", async () => {
    const response = await ask("/health?deep=1");
    expect(response.status).toBe(200);
    const ok = { DB: "ok", TRACKING_KV: "ok", TRACKING_R2: "ok", SESSION: "ok", SITE: "ok" };
    expect(await response.json()).toMatchObject({ status: "ok", checks: ok });
  });

  it("with deep=1 is 503 when one fails, and names it", async () => {
    const broken = { head: () => Promise.reject(new Error("a secret reason")) } as unknown as R2Bucket;
    const response = await within({ TRACKING_R2: broken }, "/health?deep=1");
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ status: "failed", checks: { TRACKING_R2: "failed", DB: "ok" } });
    expect(text).not.toContain("secret");
  });
});

describe("/openapi.json", () => {
  interface Schema {
    type?: string;
    properties?: Record<string, Schema>;
    required?: string[];
    pattern?: string;
    maxItems?: number;
    items?: Schema;
  }
  interface Operation {
    operationId: string;
    responses: Record<string, { content?: Record<string, unknown> }>;
    requestBody?: { content: Record<string, { schema: Schema }> };
    security: object[];
  }
  interface Document {
    openapi: string;
    paths: Record<string, Record<string, Operation>>;
  }

  it("is OpenAPI 3.1 and names exactly the routes there are", async () => {
    const document = await (await ask("/openapi.json")).json<Document>();
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    const named = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const scripts = ["/tracker.js", "/form.js", "/pulse.js", "/v/:version/:name"];
    const assets = ["/dashboard*", "/player*", "/third-party.txt"];
    const unpublished = [...scripts, ...assets, "/demo", "/openapi.json", "/docs"];
    const there = routes
      .filter(({ path }) => !unpublished.includes(path))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
    expect(named.sort()).toEqual(there.sort());
    const ids = Object.values(document.paths).flatMap((operations) =>
      Object.values(operations).map((one) => one.operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("says which routes need a key", async () => {
    const { paths } = await (await ask("/openapi.json")).json<Document>();
    for (const [path, operations] of Object.entries(paths)) {
      for (const { security, responses } of Object.values(operations)) {
        expect(security.length > 0, path).toBe(path.startsWith("/analytics/") || path === "/metrics");
        if (security.length > 0) expect(Object.keys(responses)).toEqual(expect.arrayContaining(["401", "503"]));
      }
    }
  });

  it("describes bodies with the names and the bounds of the contract", async () => {
    const { paths } = await (await ask("/openapi.json")).json<Document>();
    const bodyOf = (path: string): Schema =>
      paths[path]?.["post"]?.requestBody?.content["application/json"]?.schema ?? {};
    const batch = bodyOf("/track/events/batch");
    expect(Object.keys(batch.properties ?? {})).toEqual(
      expect.arrayContaining(["session_id", "stream", "first", "sent_at", "events", "gone", "start", "end"]),
    );
    expect(batch.required).toEqual(expect.arrayContaining(["session_id", "events"]));
    expect(batch.properties?.["events"]).toMatchObject({ type: "array", maxItems: 100 });
    expect(batch.properties?.["events"]?.items?.required).toEqual(["event_type"]);
    const start = bodyOf("/track/session/start");
    expect(start.required).toContain("page");
    const example = { page: PAGE, site: "default", session_id: newId(), fingerprint_id: "fp", visitor_id: "v" };
    const rest = {
      referrer: PAGE,
      device_info: {},
      screen: {},
      signals: {},
      consent: "granted",
      session_key: "k".repeat(16),
      visitor_secret: "s".repeat(32),
      domain: "shop.example",
      visitor_proof: "a".repeat(64),
    };
    expect(Object.keys(start.properties ?? {}).sort()).toEqual(Object.keys({ ...example, ...rest }).sort());
  });
});

describe("the contract's own examples", () => {
  it("are taken", async () => {
    const session_id = newId();
    const start = {
      page: "https://shop.example/pricing",
      site: "default",
      session_id,
      fingerprint_id: "fp-example",
      visitor_id: "visitor-example",
      referrer: "https://search.example/?q=a",
      device_info: {
        user_agent: "Mozilla/5.0",
        language: "en-GB",
        languages: ["en-GB"],
        platform: "MacIntel",
        timezone: "Europe/Berlin",
        hardware_concurrency: 8,
        device_memory: 16,
      },
      screen: { width: 1920, height: 1080, color_depth: 24, pixel_ratio: 2 },
      signals: { webdriver: false },
      consent: "granted",
      session_key: "a-client-minted-secret",
    };
    const started = await post(START, start);
    expect(await started.json()).toEqual({
      session_id,
      visitor_id: "visitor-example",
      device_id: expect.any(String),
      timestamp: expect.any(Number),
    });
    const events = [...BUILT_IN_TYPES].map((event_type) => ({
      event_type,
      timestamp: Date.now(),
      page: PAGE,
      x: 1,
      y: 2.5,
      element: "main > a",
      scroll_percent: 50,
      data: { any: "thing" },
    }));
    const answer = await taken({
      session_id,
      stream: "load-1",
      first: 4,
      sent_at: Date.now(),
      events,
      gone: [[3, 3]],
      start,
      end: { exit_page: PAGE, timestamp: Date.now() },
      session_key: start.session_key,
    });
    expect(answer).toEqual({
      accepted: events.length,
      duplicates: 0,
      rejected: [],
      ended: true,
      timestamp: expect.any(Number),
      ack: { stream: "load-1", through: 3 + events.length, missing: [[1, 2]], ended: true },
    });
  });
});

import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Graph } from "../../src/core/identity/graph";
import { storedAddress } from "../../src/core/network/address";
import {
  EDGES,
  FINGERPRINT_STEP_SESSIONS,
  type Fingerprint,
  type FingerprintsAsked,
  fingerprintStatement,
  fingerprintsStatement,
  neighboursStatement,
  placesStatement,
} from "../../src/data/store/fingerprints";
import { operations } from "../../src/edge/openapi/operations";
import { FINGERPRINT_MAX_SESSIONS, IDENTITY_GRAPH_NODES } from "../../src/limits";
import { PATIENT } from "../support/patience";
import { ask, callOf, drain, identified, KEY, post, someEvents, take } from "../support/visit";
import { flushed, newId, problemOf, read } from "./helpers";

const BASE = Date.UTC(2026, 5, 1);
const MINUTE = 60_000;
const JUNE = "from=2026-06-01&to=2026-07-01";

interface Row {
  site?: string;
  fingerprint_id?: string | null;
  visitor_id?: string | null;
  started_at?: number;
  ip?: string | null;
  asn?: number | null;
  country?: string | null;
  label?: string;
  bot?: number;
}

/** Sessions straight into D1: as many as a test needs. */
async function insert(rows: readonly Row[]): Promise<void> {
  const full = rows.map((row, i) => ({
    session_id: newId(),
    site: "default",
    fingerprint_id: "f-1",
    visitor_id: "v-1",
    ip: "203.0.113.0/24",
    asn: 3320,
    country: "DE",
    label: "human",
    bot: 0,
    started_at: BASE + i * MINUTE,
    ...row,
  }));
  for (let i = 0; i < full.length; i += 1_000) {
    await env.DB.prepare(
      `INSERT INTO sessions (session_id, site, fingerprint_id, visitor_id, started_at, last_event_at, ip, asn, country,
         label, engagement, bot, vpn, risk, events, last_seq, detail)
       SELECT value ->> 'session_id', value ->> 'site', value ->> 'fingerprint_id', value ->> 'visitor_id',
         value ->> 'started_at', value ->> 'started_at' + 1000, value ->> 'ip', value ->> 'asn', value ->> 'country',
         value ->> 'label', 10, value ->> 'bot', 0, 0, 1, 1, '{}' FROM json_each(?)`,
    )
      .bind(JSON.stringify(full.slice(i, i + 1_000)))
      .run();
  }
}

interface List {
  data: Fingerprint[];
  next_cursor: string | null;
}

const list = (query: string): Promise<List> => read<List>(`/analytics/fingerprints?${JUNE}&${query}`);
const namesOf = ({ data }: List): string[] => data.map(({ fingerprint_id }) => fingerprint_id);
const graphOf = async (query: string): Promise<Graph> =>
  (await read<{ data: Graph }>(`/analytics/identity/${query}`)).data;

async function keyFor(sites: string[]): Promise<Record<string, string>> {
  const response = await post("/analytics/keys", { name: "a test's", scopes: ["read"], sites }, { headers: KEY });
  const { data } = await response.json<{ data: { key: string } }>();
  return { Authorization: `Bearer ${data.key}` };
}

beforeEach(async () => {
  const tables = ["sessions", "fingerprints", "identity_network"];
  await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
});

describe("the list of fingerprints", () => {
  it("has each once, the one seen last first, with counts of its sessions in the period", async () => {
    await insert([
      { fingerprint_id: "f-a", started_at: BASE - MINUTE, ip: "192.0.2.0/24" },
      { fingerprint_id: "f-a" },
      { fingerprint_id: "f-b", label: "bot", bot: 90 },
      { fingerprint_id: null },
      { fingerprint_id: "f-a", ip: "198.51.100.0/24", asn: 7922, country: "US" },
    ]);
    const answer = await list("");
    expect(namesOf(answer)).toEqual(["f-a", "f-b"]);
    expect(answer.data[0]).toMatchObject({
      first_seen_at: BASE + MINUTE,
      last_seen_at: BASE + 4 * MINUTE + 1_000,
      sessions: 2,
      ips: 2,
      asns: 2,
      countries: 2,
      capped: false,
      known: null,
      latest: { site: "default", started_at: BASE + 4 * MINUTE, label: "human", country: "US" },
    });
    expect(answer.data[1]?.latest.scores).toEqual({ engagement: 10, bot: 90, vpn: 0, risk: 0 });
  });

  it("goes from page to page without repeating or leaving out one, whatever comes meanwhile", async () => {
    await insert(Array.from({ length: 23 }, (_, i) => ({ fingerprint_id: `f-${i % 9}` })));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: List = await list(`limit=2${cursor ? `&cursor=${cursor}` : ""}`);
      expect(page.data.length).toBeLessThanOrEqual(2);
      seen.push(...namesOf(page));
      if (seen.length === 4) await insert([{ fingerprint_id: "f-new", started_at: BASE + 100 * MINUTE }]);
      cursor = page.next_cursor;
    } while (cursor);
    expect(seen).toEqual(["f-4", "f-3", "f-2", "f-1", "f-0", "f-8", "f-7", "f-6", "f-5"]);
  });

  it("of a site knows nothing of another's", async () => {
    await insert([
      { fingerprint_id: "f-both", site: "shop", ip: "192.0.2.0/24" },
      { fingerprint_id: "f-shop", site: "shop" },
      { fingerprint_id: "f-both" },
    ]);
    expect(namesOf(await list("site=shop"))).toEqual(["f-shop", "f-both"]);
    expect((await list("site=shop")).data[1]).toMatchObject({ sessions: 1, ips: 1, latest: { site: "shop" } });
    expect((await list("")).data[0]).toMatchObject({ fingerprint_id: "f-both", sessions: 2, ips: 2 });
  });

  it("looks at so many sessions a call, and goes on in the next", async () => {
    const crowd = Array.from({ length: FINGERPRINT_STEP_SESSIONS + 10 }, () => ({ fingerprint_id: "f-farm" }));
    await insert([{ fingerprint_id: "f-old", started_at: BASE }, ...crowd]);
    const first = await list("limit=2");
    expect(namesOf(first)).toEqual(["f-farm"]);
    expect(first.data[0]).toMatchObject({ sessions: FINGERPRINT_MAX_SESSIONS, capped: true });
    expect(namesOf(await list(`limit=2&cursor=${first.next_cursor}`))).toEqual(["f-old"]);
  });

  it("is a file too, for a key with export", async () => {
    await insert([{ fingerprint_id: "=cmd()" }]);
    const response = await ask(`/analytics/fingerprints?${JUNE}`, { headers: { ...KEY, Accept: "text/csv" } });
    const [head, row] = (await response.text()).split("\r\n");
    expect(head).toMatch(/^fingerprint_id,first_seen_at,last_seen_at,sessions,ips,asns,countries,/);
    expect(row).toMatch(/^'=cmd\(\),/);
  });

  it.each(["limit=0", "limit=101", "cursor=x", "from=2026-06-02&to=2026-06-01", "ip=nowhere", "fingerprint=f-1"])(
    "refuses %s",
    async (query) => {
      await problemOf(await ask(`/analytics/fingerprints?${query}`, { headers: KEY }), "invalid_query");
    },
  );
});

describe("an address", () => {
  const ip = "203.0.113.9";

  it.each(["full", "masked", "hashed"] as const)("is found in the form its site keeps: %s", async (mode) => {
    const site = `site-${mode}`;
    const put = await ask(`/analytics/sites/${site}`, {
      method: "PUT",
      headers: KEY,
      body: JSON.stringify({ allowed_origins: ["*"], ip: mode }),
    });
    expect(put.status).toBe(200);
    const id = newId();
    const body = {
      session_id: id,
      site,
      start: { page: "https://shop.example/", fingerprint_id: `f-${mode}` },
      stream: "s",
      first: 1,
      events: [{ event_type: "click" }],
      end: {},
    };
    expect((await post("/track/events/batch", body, { ip })).status).toBe(200);
    await drain(id);
    const found = await read<List>(`/analytics/fingerprints?site=${site}&ip=${ip}`);
    expect(namesOf(found)).toEqual([`f-${mode}`]);
    expect(namesOf(await read<List>(`/analytics/fingerprints?ip=${ip}`))).toContain(`f-${mode}`);
    const stored = (await storedAddress(ip, mode, env.ADDRESS_HASH_SECRET)) ?? "";
    expect(namesOf(await read<List>(`/analytics/fingerprints?ip=${encodeURIComponent(stored)}`))).toEqual([
      `f-${mode}`,
    ]);
    const graph = await (await ask(`/analytics/identity/f-${mode}`, { headers: KEY })).text();
    expect(graph).toContain(`"label":"${stored}"`);
    if (mode !== "full") expect(graph).not.toContain(ip);
    expect(namesOf(await read<List>(`/analytics/fingerprints?site=${site}&ip=198.51.100.200`))).toEqual([]);
  });
});

describe("one fingerprint", () => {
  it("has its verdicts, visitors and places, and what its actor knows", async () => {
    await insert([
      { label: "bot", visitor_id: "v-2" },
      {},
      { ip: null, asn: null, country: null },
      { site: "shop", asn: 9009, country: "RO" },
    ]);
    await env.DB.prepare("INSERT INTO fingerprints VALUES ('f-1', 'default', 1, 2, 40, 3, 2, 1)").run();
    await env.DB.prepare("INSERT INTO identity_network VALUES ('f-1', 'default', '192.0.2.0/24', 0, '', 1, 2)").run();
    const { data } = await read<{ data: Record<string, unknown> }>("/analytics/fingerprints/f-1");
    expect(data).toMatchObject({
      fingerprint_id: "f-1",
      sessions: 4,
      ips: 1,
      asns: 2,
      countries: 2,
      capped: false,
      visitors: 2,
      labels: { bot: 1, human: 3 },
      known: { first_seen_at: 1, last_seen_at: 2, sessions: 40, ips: 3, asns: 2, countries: 1 },
      places: [
        { ip: "203.0.113.0/24", asn: 3320, country: "DE", sessions: 2, provider: null },
        { ip: "203.0.113.0/24", asn: 9009, country: "RO", sessions: 1 },
        { ip: null, asn: null, country: null, sessions: 1 },
        { ip: "192.0.2.0/24", asn: null, country: null, sessions: 0 },
      ],
    });
    expect(operations["GET /analytics/fingerprints/:id"]?.answer?.safeParse({ data }).success).toBe(true);
    const shop = await read<{ data: Record<string, unknown> }>("/analytics/fingerprints/f-1?site=shop");
    expect(shop.data).toMatchObject({ sessions: 1, known: null, places: [{ asn: 9009, sessions: 1 }] });
  });

  it("that nobody was seen with is 404, and so is another site's for a key of this one", async () => {
    await insert([{ fingerprint_id: "f-shop", site: "shop" }]);
    const key = await keyFor(["default"]);
    for (const path of ["fingerprints", "identity"]) {
      await problemOf(await ask(`/analytics/${path}/f-none`, { headers: KEY }), "not_found");
      await problemOf(await ask(`/analytics/${path}/%20x`, { headers: KEY }), "not_found");
      const hidden = await ask(`/analytics/${path}/f-shop`, { headers: key });
      const absent = await ask(`/analytics/${path}/f-none`, { headers: key });
      expect((await problemOf(hidden, "not_found")).detail).toBe((await problemOf(absent, "not_found")).detail);
      const named = await ask(`/analytics/${path}/f-shop?site=shop`, { headers: key });
      await problemOf(named, "not_found");
      expect((await ask(`/analytics/${path}/f-shop`, { headers: await keyFor(["shop"]) })).status).toBe(200);
      await problemOf(await ask(`/analytics/${path}/f-shop`), "key_required");
    }
    const seen = await (await ask(`/analytics/fingerprints?${JUNE}`, { headers: key })).json<List>();
    expect(seen.data).toEqual([]);
  });
});

describe("the identity graph", () => {
  it("goes from fingerprint to addresses, autonomous systems and countries, with others on the addresses", async () => {
    await insert([
      {},
      {},
      { ip: "192.0.2.0/24", asn: 7922, country: "US" },
      { fingerprint_id: "f-2", ip: "192.0.2.0/24", asn: 7922, country: "US" },
      { fingerprint_id: "f-3", ip: "198.51.100.0/24" },
    ]);
    const graph = await graphOf("f-1");
    expect(graph.nodes).toEqual([
      { id: "fingerprint:f-1", kind: "fingerprint", label: "f-1", sessions: 3, ...seen(0, 2) },
      { id: "address:203.0.113.0/24", kind: "address", label: "203.0.113.0/24", sessions: 2, ...seen(0, 1) },
      { id: "asn:AS3320", kind: "asn", label: "AS3320", sessions: 2, ...seen(0, 1) },
      { id: "country:DE", kind: "country", label: "DE", sessions: 2, ...seen(0, 1) },
      { id: "address:192.0.2.0/24", kind: "address", label: "192.0.2.0/24", sessions: 1, ...seen(2, 2) },
      { id: "asn:AS7922", kind: "asn", label: "AS7922", sessions: 1, ...seen(2, 2) },
      { id: "country:US", kind: "country", label: "US", sessions: 1, ...seen(2, 2) },
      { id: "fingerprint:f-2", kind: "fingerprint", label: "f-2", sessions: 1, ...seen(3, 3) },
    ]);
    expect(graph.edges).toEqual([
      { from: "fingerprint:f-1", to: "address:203.0.113.0/24", sessions: 2 },
      { from: "address:203.0.113.0/24", to: "asn:AS3320", sessions: 2 },
      { from: "asn:AS3320", to: "country:DE", sessions: 2 },
      { from: "fingerprint:f-1", to: "address:192.0.2.0/24", sessions: 1 },
      { from: "address:192.0.2.0/24", to: "asn:AS7922", sessions: 1 },
      { from: "asn:AS7922", to: "country:US", sessions: 1 },
      { from: "fingerprint:f-2", to: "address:192.0.2.0/24", sessions: 1 },
    ]);
    expect(graph.capped).toBe(false);
    expect(operations["GET /analytics/identity/:fingerprint_id"]?.answer?.safeParse({ data: graph }).success).toBe(
      true,
    );
  });

  const seen = (from: number, to: number) => ({
    first_seen: BASE + from * MINUTE,
    last_seen: BASE + to * MINUTE + 1_000,
  });

  it("leaves out what is not known of a place, and a place nobody knows anything of", async () => {
    await insert([{ ip: null, country: null }, { ip: null, asn: null, country: null }, { asn: null }]);
    const { nodes, edges } = await graphOf("f-1");
    expect(nodes.map(({ id }) => id).sort()).toEqual(
      ["address:203.0.113.0/24", "asn:AS3320", "country:DE", "fingerprint:f-1"].sort(),
    );
    expect(edges).toHaveLength(3);
  });

  it("is bounded however many places there are, keeps those with most sessions, and says so", async () => {
    const many = Array.from({ length: 400 }, (_, i) => ({ ip: `h:${i}`, asn: 1_000 + i, country: "DE" }));
    await insert([...many, { ip: "h:7", asn: 1_007, country: "DE" }]);
    const { nodes, edges, capped } = await graphOf("f-1");
    expect(nodes.length).toBeLessThanOrEqual(IDENTITY_GRAPH_NODES);
    expect(nodes.length).toBeGreaterThan(IDENTITY_GRAPH_NODES - 3);
    expect(capped).toBe(true);
    expect(nodes[1]?.label).toBe("h:7");
    const ids = new Set(nodes.map(({ id }) => id));
    expect(edges.every(({ from, to }) => ids.has(from) && ids.has(to))).toBe(true);
  });

  it("of a visit is there when its rows are, and gone with its withdrawal", async () => {
    const id = newId();
    const start = { fingerprint_id: "f-visit", consent: "granted" } as const;
    await take(callOf(id, { events: someEvents(2), start, ip: "198.18.7.0/24" }));
    await identified(id);
    await flushed(id);
    const { nodes } = await graphOf("f-visit");
    expect(nodes.map(({ kind, label }) => `${kind} ${label}`)).toContain("address 198.18.7.0/24");
    await take(callOf(id, { start: { consent: "denied" } }));
    await flushed(id);
    const gone = async () => (await ask("/analytics/identity/f-visit", { headers: KEY })).status;
    await expect.poll(gone, PATIENT).toBe(404);
  });
});

describe("each look-up", () => {
  const asked: FingerprintsAsked = { from: 1, to: 2 };
  const place = { started_at: 1, session_id: "s" };
  const step = { after: place, down: place };

  it.each([
    ["list", fingerprintsStatement(asked, step, 10)],
    ["list of a site", fingerprintsStatement({ ...asked, site: "shop" }, step, 10)],
    ["list of an address", fingerprintsStatement({ ...asked, ips: ["a"] }, step, 10)],
    ["fingerprint", fingerprintStatement("f", asked)],
    ["fingerprint on a site", fingerprintStatement("f", { ...asked, site: "shop" })],
    ["places", placesStatement("f", { ...asked, site: "shop" })],
    ["shards' places", { sql: EDGES, values: ["f", null] }],
    ["shards' places on a site", { sql: EDGES, values: ["f", "shop"] }],
    ["neighbours", neighboursStatement("f", ["a"], { ...asked, site: "shop" }, 10)],
  ])("(%s) searches every table it reads", async (_, { sql, values }) => {
    const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...values)
      .all<{ detail: string }>();
    const steps = plan.results.map(({ detail }) => detail);
    const searched = steps.filter((detail) => /^SEARCH (\w+) USING (COVERING )?(INDEX|PRIMARY KEY)/.test(detail));
    expect(searched.length).toBeGreaterThan(0);
    // What is scanned is a bounded result, or the list that was passed in: never a table.
    const tables = ["sessions", "newest", "later", "s", "f", "n", "fingerprints", "identity_network"];
    const scanned = steps.flatMap((detail) => /^SCAN (\S+)/.exec(detail)?.[1] ?? []);
    expect(scanned.filter((name) => tables.includes(name))).toEqual([]);
    expect(steps.filter((detail) => detail.startsWith("SEARCH later")).join()).not.toContain("sessions_by_ip");
  });
});

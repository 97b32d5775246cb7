import { listDurableObjectIds } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { senderOf } from "../../src/core/network/address";
import {
  API_PER_MINUTE,
  BODY_BYTES_PER_MINUTE,
  LEADS_PER_MINUTE,
  RATE_PERIOD_SECONDS,
  SITE_LEADS_PER_MINUTE,
  SITE_STARTS_PER_MINUTE,
  STARTS_PER_ADDRESS_DAY,
  STARTS_PER_MINUTE,
  TRACK_PER_MINUTE,
} from "../../src/limits";
import config from "../../wrangler.toml?raw";
import { ask, freshAddress, KEY, PAGE, post, tablesOf } from "../support/visit";
import { BATCH, batchOf, newId, problemOf, START, upgrade } from "./helpers";

/** The window is a minute of the clock: a count that ran across its edge would begin anew. */
async function wholeWindow(): Promise<void> {
  const left = 60_000 - (Date.now() % 60_000);
  if (left < 8_000) await scheduler.wait(left + 10);
}

beforeEach(wholeWindow);

const start = (ip: string, session_id = newId(), site = "default"): Promise<Response> =>
  post(`${START}?site=${site}`, { page: PAGE, session_id }, { ip });

/** Uses up all but one of a window, as so many requests from `ip` would: the binding is what they are counted by. */
const AT_ONCE = 50;

async function useUp(limiter: RateLimit, limit: number, ip: string): Promise<void> {
  for (let i = 1; i < limit; i++) {
    const { success } = await limiter.limit({ key: senderOf(ip) });
    if (!success) throw new Error(`refused already at ${i}`);
  }
}

async function expectTaken(response: Promise<Response>, status = 200): Promise<void> {
  const { status: answered, body } = await response;
  await body?.cancel();
  expect(answered).toBe(status);
}

const actorsAwake = async (): Promise<number> => (await listDurableObjectIds(env.SESSION)).length;

/** A refusal with a wait of at most `most` seconds, for which no actor was woken. */
async function expectRefusedAsleep(request: () => Promise<Response>, session_id: string, most = RATE_PERIOD_SECONDS) {
  const before = await actorsAwake();
  const response = await request();
  const wait = Number(response.headers.get("Retry-After"));
  await problemOf(response, "rate_limited");
  expect(wait).toBeLessThanOrEqual(most);
  expect(await actorsAwake()).toBe(before);
  const ids = (await listDurableObjectIds(env.SESSION)).map(String);
  expect(ids).not.toContain(env.SESSION.idFromName(session_id).toString());
}

describe("one request more than a window allows", () => {
  it("of starts is 429 with Retry-After, another address is taken, and no actor was woken for it", async () => {
    const [ip, other] = ["203.0.113.1", "203.0.113.2"];
    const same = newId();
    await useUp(env.LIMIT_START, STARTS_PER_MINUTE, ip);
    await expectTaken(start(ip, same));
    const id = newId();
    await expectRefusedAsleep(() => start(ip, id), id);
    await expectRefusedAsleep(() => post(BATCH, batchOf(id), { ip }), id);
    await expectRefusedAsleep(() => upgrade(`/track/socket?session_id=${id}`, { "CF-Connecting-IP": ip }), id);
    await expectTaken(start(other, id));
    // What is no start is not counted as one.
    await expectTaken(post(BATCH, batchOf(same, { start: undefined }), { ip }));
  });

  it("of starts is 429 after as many real ones", { timeout: 60_000 }, async () => {
    // Another with each try: the minute may be over half-way, and the next try must not find the address used up.
    const ip = `198.51.100.${1 + Math.floor(Math.random() * 250)}`;
    const same = newId();
    for (let i = 0; i < STARTS_PER_MINUTE; i++) await expectTaken(start(ip, same));
    await problemOf(await start(ip, same), "rate_limited");
  });

  it("of starts is counted by /64 for IPv6", async () => {
    await useUp(env.LIMIT_START, STARTS_PER_MINUTE, "2001:db8:1:2::1");
    await expectTaken(start("2001:db8:1:2::2"));
    const id = newId();
    await expectRefusedAsleep(() => start("2001:DB8:1:2:ffff:ffff:ffff:ffff", id), id);
    await expectTaken(start("2001:db8:1:3::1", id));
  });

  it("of starts on a site is 429 from any address, and another site is not", { timeout: 60_000 }, async () => {
    // Some at once: one after the other they take a busy machine longer than the minute that they are counted in.
    for (let left = SITE_STARTS_PER_MINUTE - 1; left > 0; left -= AT_ONCE) {
      const calls = Array.from({ length: Math.min(left, AT_ONCE) }, () => env.LIMIT_SITE_STARTS.limit({ key: "busy" }));
      await Promise.all(calls);
    }
    await expectTaken(start("203.0.113.8", newId(), "busy"));
    const id = newId();
    await expectRefusedAsleep(() => start("203.0.113.9", id, "busy"), id);
    await expectTaken(start("203.0.113.9", id, "quiet"));
  });

  it("of anything under /track is 429, bad bodies counted", async () => {
    const ip = "203.0.113.3";
    await useUp(env.LIMIT_TRACK, TRACK_PER_MINUTE, ip);
    await problemOf(await post(BATCH, "{", { ip }), "invalid_json");
    const id = newId();
    await expectRefusedAsleep(() => post(BATCH, batchOf(id), { ip }), id);
    await expectRefusedAsleep(() => upgrade(`/track/socket?session_id=${id}`, { "CF-Connecting-IP": ip }), id);
    const readable = await post(BATCH, "{", { ip, headers: { Origin: "https://shop.example" } });
    expect(readable.headers.get("Access-Control-Expose-Headers")).toContain("Retry-After");
    await problemOf(readable, "rate_limited");
    await expectTaken(post(BATCH, batchOf(id), { ip: "203.0.113.4" }));
  });

  it("of the API is 429, wrong keys counted, so that a guesser is slowed", async () => {
    const ip = "203.0.113.5";
    await useUp(env.LIMIT_API, API_PER_MINUTE, ip);
    const guess = { Authorization: "Bearer guess" };
    await problemOf(await ask("/analytics/sessions", { ip, headers: guess }), "key_required");
    const id = newId();
    await expectRefusedAsleep(() => ask(`/analytics/sessions/${id}/live`, { ip, headers: KEY }), id);
    await problemOf(await ask("/health?deep=1", { ip }), "rate_limited");
    await expectTaken(ask("/health", { ip }));
    await expectTaken(ask("/analytics/sessions", { headers: KEY }));
  });

  const lead = (body: object, site: string, init: object = {}) => post(`/lead?site=${site}`, body, init);
  const good = () => ({ email: `${newId()}@shop.example` });

  /** All but one of what a site's leads may use. */
  async function useUpSite(): Promise<string> {
    const site = `formed-${newId()}`;
    for (let left = SITE_LEADS_PER_MINUTE - 1; left > 0; left -= AT_ONCE) {
      const calls = Array.from({ length: Math.min(left, AT_ONCE) }, () => env.LIMIT_SITE_LEADS.limit({ key: site }));
      for (const { success } of await Promise.all(calls)) expect(success).toBe(true);
    }
    return site;
  }

  it("of leads on a site is 429 for pages; bad ones take nothing, and the site's own server has a limit apart", async () => {
    const site = await useUpSite();
    for (let i = 0; i < 5; i++) await problemOf(await lead({ email: "no address" }, site), "invalid_body");
    await expectTaken(lead(good(), site), 202);
    await problemOf(await lead(good(), site), "rate_limited");
    await expectTaken(lead(good(), site, { headers: KEY }), 202);
  });

  it("of leads from one address is 429, bad ones counted, and a server with a key goes on", async () => {
    const ip = freshAddress();
    await useUp(env.LIMIT_LEADS, LEADS_PER_MINUTE, ip);
    await problemOf(await lead({ email: "no address" }, "default", { ip }), "invalid_body");
    await problemOf(await lead(good(), "default", { ip }), "rate_limited");
    await expectTaken(lead(good(), "default", { ip, headers: KEY }), 202);
    await expectTaken(lead(good(), "default"), 202);
  });

  it("holds for a whole IPv6 /48 too, at four times as much: other networks in it do not help", async () => {
    const site = `2001:db8:${(Date.now() % 60_000).toString(16)}`;
    const tries = Array.from({ length: STARTS_PER_MINUTE }, () => env.LIMIT_START.limit({ key: `${site}::/48 1` }));
    for (const { success } of await Promise.all(tries)) expect(success).toBe(true);
    await problemOf(await start(`${site}:5::1`), "rate_limited");
    await expectTaken(start(`${site}:6::1`));
    await expectTaken(start("2001:db8:ffff:5::1"));
  });

  it("counts only the address the edge names", async () => {
    const ip = "203.0.113.6";
    await useUp(env.LIMIT_START, STARTS_PER_MINUTE + 1, ip);
    const headers = { "X-Forwarded-For": "192.0.2.1", "X-Real-IP": "192.0.2.2", Forwarded: "for=192.0.2.3" };
    await problemOf(await post(START, { page: PAGE }, { ip, headers }), "rate_limited");
  });
});

describe("the day's counter of a network", () => {
  const put = (address: string, value: unknown): Promise<void> =>
    env.TRACKING_KV.put(`ip:${address}`, typeof value === "string" ? value : JSON.stringify(value));

  it("stops starts when it is used up, with the time that is left, before any actor wakes", async () => {
    await put("198.51.100.0/24", { sessions: STARTS_PER_ADDRESS_DAY, expires_at: Date.now() + 3_600_000 });
    const id = newId();
    const response = await start("198.51.100.7", newId());
    const wait = Number(response.headers.get("Retry-After"));
    await problemOf(response, "rate_limited");
    expect(wait).toBeGreaterThan(3_590);
    await expectRefusedAsleep(() => start("198.51.100.8", id), id, 3_600);
    await expectRefusedAsleep(() => post(BATCH, batchOf(id), { ip: "198.51.100.9" }), id, 3_600);
    expect((await start("198.51.101.7", id)).status).toBe(200);
    // The session goes on from any address: only starts are counted.
    expect((await post(BATCH, batchOf(id, { start: undefined }), { ip: "198.51.100.7" })).status).toBe(200);
  });

  it("stops those of an IPv6 /48", async () => {
    await put("2001:db8:77::/48", { sessions: STARTS_PER_ADDRESS_DAY + 1, expires_at: Date.now() + 60_000 });
    await problemOf(await start("2001:db8:77:1::5"), "rate_limited");
    expect((await start("2001:db8:78:1::5")).status).toBe(200);
  });

  it.each([
    ["has places left", { sessions: STARTS_PER_ADDRESS_DAY - 1, expires_at: Date.now() + 3_600_000 }],
    ["is over", { sessions: STARTS_PER_ADDRESS_DAY, expires_at: Date.now() - 1 }],
    ["is not ours", { count: 1 }],
    ["is a number", "17"],
    ["is no JSON", "broken {"],
    ["is empty", ""],
  ])("lets starts through when it %s", async (why, value) => {
    const last = why.length * 3;
    await put(`192.0.${last}.0/24`, value);
    const id = newId();
    expect((await start(`192.0.${last}.9`, id)).status).toBe(200);
    expect(await tablesOf(id)).not.toEqual([]);
  });
});

describe("wrangler.toml", () => {
  /** `name → [limit, period]` of the rate limits that one environment declares. */
  const limitsOf = (prefix: string): Record<string, [number, number]> => {
    const block = new RegExp(
      `^\\[\\[${prefix}ratelimits\\]\\]\\nname = "(\\w+)"\\nnamespace_id = "\\d+"\\nsimple = \\{ limit = (\\d+), period = (\\d+) \\}`,
      "gm",
    );
    const found = [...config.matchAll(block)];
    return Object.fromEntries(found.map(([, name, limit, period]) => [name, [Number(limit), Number(period)]]));
  };

  it.each([[""], ["env.development."]])("declares the limits of src/limits.ts in [%s]", (environment) => {
    expect(limitsOf(environment.replaceAll(".", "\\."))).toEqual({
      LIMIT_TRACK: [TRACK_PER_MINUTE, RATE_PERIOD_SECONDS],
      LIMIT_START: [STARTS_PER_MINUTE, RATE_PERIOD_SECONDS],
      LIMIT_SITE_STARTS: [SITE_STARTS_PER_MINUTE, RATE_PERIOD_SECONDS],
      LIMIT_LEADS: [LEADS_PER_MINUTE, RATE_PERIOD_SECONDS],
      LIMIT_SITE_LEADS: [SITE_LEADS_PER_MINUTE, RATE_PERIOD_SECONDS],
      LIMIT_API: [API_PER_MINUTE, RATE_PERIOD_SECONDS],
    });
  });

  it("gives every limit a namespace of its own", () => {
    const ids = [...config.matchAll(/namespace_id = "(\d+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length / 2);
  });
});

describe("more bytes than an address may send in a minute", () => {
  const large = (n: number) =>
    batchOf(newId(), {
      events: Array.from({ length: 100 }, () => ({ event_type: "a", data: { n, text: "x".repeat(2_400) } })),
    });

  it("are 429 before they are read, and another address is taken", { timeout: 60_000 }, async () => {
    const ip = freshAddress();
    // The clock stands still: a busy machine takes the seconds in which as much may be sent again.
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    // Bad bodies are read as well.
    const bad = `[${"0,".repeat(120_000)}`;
    let answers = 0;
    for (; answers < 200; answers++) if ((await post(BATCH, bad, { ip })).status === 429) break;
    expect(answers).toBe(Math.ceil(BODY_BYTES_PER_MINUTE / bad.length));
    const response = await post(BATCH, large(1), { ip });
    expect(Number(response.headers.get("Retry-After"))).toBeLessThanOrEqual(60);
    expect((await problemOf(response, "rate_limited")).detail).toContain("bytes");
    await expectTaken(post(BATCH, large(2), { ip: freshAddress() }));
    vi.useRealTimers();
  });
});

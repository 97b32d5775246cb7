import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { IDENTITY_WAIT_MS } from "../../durable/session/limits";
import { IDENTITY_MAX_SIGHTINGS } from "../../src/core/identity/record";
import { agentOf } from "../../src/core/network/agent";
import type { Firing } from "../../src/core/scoring/ledger";
import type { Rule } from "../../src/core/scoring/rule";
import { RULES } from "../../src/core/scoring/ruleset";
import { findSession } from "../../src/data/store/sessions";
import type { EventInput } from "../../src/protocol/events";
import { compatible, windows } from "../support/agents";
import { stopClock, tickUntilDrained } from "../support/clock";
import { faults, resetFaults } from "../support/faults";
import { recordIn, shardOfIdentity, sightingOf } from "../support/identity";
import { PATIENT } from "../support/patience";
import { alarm, callOf, drain, liveOf, PAGE, post, sessionRow, someEvents, take } from "../support/visit";
import { BATCH, batchOf, flushed, newId, read, taken } from "./helpers";

afterEach(() => {
  vi.useRealTimers();
  resetFaults();
});

const scrolls = (count: number, input: boolean): EventInput[] =>
  Array.from({ length: count }, (_, i) => ({
    event_type: "scroll",
    page: PAGE,
    scroll_percent: (i * i * 11) % 97,
    data: { input },
  }));

async function storedOf(id: string) {
  const session = await findSession(env.DB, id);
  return { label: session?.label, bot: session?.scores.bot, ledger: session?.ledger ?? [] };
}

describe("a verdict", () => {
  it("may reverse while the session lives, and D1 has the last word", async () => {
    const id = newId();
    await take(callOf(id, { events: scrolls(6, false) }));
    await flushed(id);
    expect(await storedOf(id)).toMatchObject({ label: "suspect", bot: 25 });
    await take(callOf(id, { start: false, first: 7, events: scrolls(5, true) }));
    expect(await liveOf(id)).toMatchObject({ label: "human", scores: { bot: 0 } });
    await flushed(id);
    const after = await storedOf(id);
    expect(after).toMatchObject({ label: "human", bot: 0 });
    expect(after.ledger).toContainEqual(
      expect.objectContaining({
        rule: "bot.scroll_without_input",
        points: 0,
        weight: 25,
        withdrawn_at: expect.any(Number),
      }),
    );
    const { data } = await read<{ data: { label: string; ledger: Firing[] } }>(`/analytics/sessions/${id}`);
    expect(data).toMatchObject({ label: "human", ledger: after.ledger });
  });

  it("of a rule in shadow is recorded, and counts for nothing", async () => {
    const rule = RULES.find(({ id }) => id === "bot.scroll_without_input") as { shadow?: true } & Rule;
    const id = newId();
    try {
      rule.shadow = true;
      await take(callOf(id, { events: scrolls(6, false) }));
      await flushed(id);
    } finally {
      delete rule.shadow;
    }
    const stored = await storedOf(id);
    expect(stored).toMatchObject({ label: "human", bot: 0 });
    const line = { rule: "bot.scroll_without_input", shadow: true, points: 0, weight: 25 };
    expect(stored.ledger).toContainEqual(expect.objectContaining(line));
  });

  it("names a bot that the edge has verified", async () => {
    const id = newId();
    const call = callOf(id, { events: someEvents(1, "page_view") });
    const network = { ...call.network, edge: true, verified_bot: "Search Engine Crawler" };
    await take({ ...call, network });
    await flushed(id);
    const { data } = await read<{ data: object }>(`/analytics/sessions/${id}`);
    expect(data).toMatchObject({ label: "bot", verified_bot: "Search Engine Crawler" });
  });

  it.each([
    ["with an origin", { Origin: "https://shop.example" }],
    ["from a server", {}],
  ])("of a visit without any user agent, %s, is bot, and the figures leave it out", async (_, headers) => {
    const site = crypto.randomUUID();
    const agents = { none: null, page: windows("Chrome/140.0.0.0 Safari/537.36") };
    for (const user_agent of Object.values(agents)) {
      const id = newId();
      const start = { page: PAGE, site, device_info: { user_agent } };
      await taken(batchOf(id, { site, start }), BATCH, { headers: { ...headers, "User-Agent": "" } });
      await flushed(id);
    }
    const { data, bots } = await read<{ data: { sessions: number }; bots: object }>(`/analytics/overview?site=${site}`);
    expect({ sessions: data.sessions, bots }).toEqual({ sessions: 1, bots: { mode: "exclude", excluded: 1 } });
    const { data: rules } = await read<{ data: { rule: string }[] }>(`/analytics/bots?site=${site}`);
    expect(rules.map(({ rule }) => rule)).toContain("bot.no_agent");
  });

  it("of a named bot counts by what it comes for, its name, and whether that is checked", async () => {
    const site = crypto.randomUUID();
    for (const verified_bot of [null, "AI Crawler"]) {
      const id = newId();
      const call = callOf(id, { events: someEvents(1, "page_view"), site });
      const agent = agentOf(compatible("GPTBot/1.2; +https://openai.com/gptbot"));
      await take({ ...call, network: { ...call.network, edge: true, verified_bot, agent, headers: [] } });
      await flushed(id);
    }
    const by = async (name: string) =>
      (await read<{ data: Record<string, unknown>[] }>(`/analytics/bots?site=${site}&by=${name}`)).data.map(
        (row) => `${row[name]} ${row["sessions"]}`,
      );
    expect(await by("kind")).toEqual(["training 2"]);
    expect(await by("name")).toEqual(["GPTBot 2"]);
    expect(await by("proof")).toEqual(["claimed 1", "verified 1"]);
  });

  it("of a bot leaves its session out of the aggregates unless they are asked, and they say how many", async () => {
    const site = "with-bots";
    for (const webdriver of [true, false]) {
      const id = newId();
      const start = { page: PAGE, signals: { webdriver } };
      expect((await post(BATCH, batchOf(id, { site, start }))).status).toBe(200);
      await flushed(id);
    }
    interface Overview {
      data: { sessions: number };
      bots: { mode: string; excluded: number };
    }
    const ask = (bots: string) => read<Overview>(`/analytics/overview?site=${site}${bots}`);
    expect(await ask("")).toMatchObject({ data: { sessions: 1 }, bots: { mode: "exclude", excluded: 1 } });
    expect(await ask("&bots=include")).toMatchObject({ data: { sessions: 2 }, bots: { excluded: 0 } });
    expect(await ask("&bots=only")).toMatchObject({ data: { sessions: 1 }, bots: { mode: "only" } });
  });
});

describe("without what the edge tells", () => {
  it("rules abstain, and the session says which and why", async () => {
    const id = newId();
    expect((await post(BATCH, batchOf(id))).status).toBe(200);
    const live = await liveOf(id);
    const missing = (rule: string) => live?.abstained.find((one) => one.rule === rule)?.why;
    expect(missing("vpn.tor")).toContain("no cf");
    expect(missing("vpn.hosting_network")).toContain("no cf");
    expect(missing("bot.edge_certain")).toBeTruthy();
    expect(live?.abstained.length).toBeGreaterThan(10);
    expect(live?.scores.vpn).toBe(0);
    const ledger = live?.ledger.map(({ rule }) => rule) ?? [];
    expect(ledger.filter((rule) => live?.abstained.some((one) => one.rule === rule))).toEqual([]);
    await flushed(id);
    const { data } = await read<{ data: object }>(`/analytics/sessions/${id}`);
    // What its identities answered meanwhile, a rule no longer lacks.
    expect(data).toMatchObject({ abstained: (await liveOf(id))?.abstained });
  });
});

describe("an identity actor that fails", () => {
  const ip = "198.18.201.0/24";

  it.each(["refuse", "hang", "lie"] as const)("(%s) delays neither an ack nor a flush", async (fault) => {
    faults.at.set("identity.seen", fault);
    const id = newId();
    const began = Date.now();
    const taken = await take(callOf(id, { events: someEvents(3), start: { fingerprint_id: `f-${fault}` }, ip }));
    expect(taken.accepted).toBe(3);
    await take(callOf(id, { start: false, first: 4, events: someEvents(2), end: true, ip }));
    const acked = Date.now() - began;
    await drain(id);
    expect(await sessionRow(id)).toMatchObject({ events: 5, fingerprint_id: `f-${fault}` });
    const live = await liveOf(id);
    expect(live?.identity).toBeNull();
    expect(live?.abstained.map(({ rule }) => rule)).toContain("vpn.many_networks");
    // Nobody waited for it: it would be asked for ten seconds.
    expect(acked).toBeLessThan(5_000);
    expect(Date.now() - began).toBeLessThan(9_000 + 2 * IDENTITY_WAIT_MS);
  });

  it("is asked again with the next call, and its answer counts then", async () => {
    stopClock("2031-09-01T12:00:00Z");
    faults.at.set("identity.seen", "refuse");
    const id = newId();
    await take(callOf(id, { events: someEvents(1), start: { fingerprint_id: "f-again" }, ip }));
    await alarm(id);
    faults.at.clear();
    await take(callOf(id, { start: false, first: 2, events: someEvents(1), ip }));
    await tickUntilDrained(id);
    const identity = async () => (await liveOf(id))?.identity;
    await expect.poll(identity, PATIENT).toMatchObject({ fingerprint: { sessions: 1 }, address: {} });
  });
});

describe("an identity past its cap", () => {
  it("answers with lower bounds, says so, and does not grow", async () => {
    const stub = shardOfIdentity("fingerprint", "f-crowd");
    const sighting = (i: number) => sightingOf("fingerprint", "f-crowd", `s-${i}`, { ip: `h:${i}`, asn: 64_500 + i });
    const below = IDENTITY_MAX_SIGHTINGS;
    let last = await stub.seen(sighting(0));
    for (let i = 1; i < below; i++) last = await stub.seen(sighting(i));
    expect(last).toMatchObject({ sessions: below, addresses: below, networks: below, countries: 1, capped: false });
    // Places that wait for D1 are listed once more until it has them.
    const size = async (): Promise<number> =>
      JSON.stringify({ ...(await recordIn("fingerprint", "f-crowd")), changed: [] }).length;
    const full = await size();
    for (let i = below; i < below + 100; i++) last = await stub.seen(sighting(i));
    expect(last).toMatchObject({ sessions: below, addresses: below, capped: true });
    expect(Math.abs((await size()) - full)).toBeLessThan(200);
    expect(full).toBeLessThan(64 * 1024);
  });
});

import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RULES, RULES_VERSION, type RuleSet, ruleSet } from "../../src/core/scoring/ruleset";
import { dayOf } from "../../src/data/store/archive-days";
import { archivedLogs } from "../../src/ops/archived-logs";
import { type Backtest, backtestOne, foldLog, newBacktest, varied } from "../../src/ops/backtest";
import type { EventInput } from "../../src/protocol/events";
import { stopClock, tickUntilDrained } from "../support/clock";
import { ask, callOf, identified, KEY, PAGE, post, sessionRow, take } from "../support/visit";
import { newId, problemOf } from "./helpers";

const DAY = "2031-07-07";
beforeEach(() => stopClock(`${DAY}T12:00:00Z`));
afterEach(async () => {
  vi.useRealTimers();
  const { objects } = await env.TRACKING_R2.list({ prefix: "sessions/" });
  await env.TRACKING_R2.delete(objects.map(({ key }) => key));
});

/** Visits of every verdict, and some that a rule's weight decides. */
const VISITS: { name: string; signals?: Record<string, boolean>; acts: EventInput[] }[] = [
  { name: "a reader", acts: acts("page_view", "scroll", "click") },
  { name: "a webdriver", signals: { webdriver: true }, acts: acts("page_view") },
  // 30 points: a suspect at that weight, and none at 20.
  { name: "scripted clicks", acts: acts("click", "click", "click", "click", "click").map(untrusted) },
  // 30 and 25 for scrolls: the verdict hangs on no single one of them.
  { name: "scripted clicks and scrolls", acts: [...acts(...clicks(5)).map(untrusted), ...bareScrolls(6)] },
  { name: "scrolls", acts: bareScrolls(6) },
  { name: "a person with one scripted click", acts: [...acts(...clicks(1)).map(untrusted), ...acts(...clicks(6))] },
];

function acts(...types: string[]): EventInput[] {
  return types.map((event_type) => ({ event_type, page: PAGE }));
}
function clicks(count: number): string[] {
  return new Array<string>(count).fill("click");
}
function untrusted(event: EventInput): EventInput {
  return { ...event, data: { trusted: false } };
}
function bareScrolls(count: number): EventInput[] {
  return Array.from({ length: count }, (_, i) => ({
    event_type: "scroll",
    page: PAGE,
    scroll_percent: (i * i) % 97,
    data: { input: false },
  }));
}

/** Has every visit made, written out, and says what D1 made of it. */
async function visit(round: number): Promise<{ ids: string[]; labels: string[] }> {
  vi.setSystemTime(Date.parse(`${DAY}T12:00:00Z`));
  const ids: string[] = [];
  for (const [i, { signals, acts: events }] of VISITS.entries()) {
    const id = newId();
    const ip = `198.18.${round * 16 + i}.0/24`;
    // Irregular, as acts are: no rule of cadence has a say.
    for (const [n, event] of events.entries()) {
      const start = n === 0 && { fingerprint_id: `f-${round}-${i}`, ...(signals && { signals }) };
      await take(callOf(id, { start, first: n + 1, events: [event], ip }));
      if (n === 0) await identified(id);
      vi.setSystemTime(Date.now() + 400 + ((n * 7_919) % 1_300));
    }
    await take(callOf(id, { start: false, end: true, ip }));
    await tickUntilDrained(id);
    ids.push(id);
  }
  const rows = await Promise.all(ids.map(sessionRow));
  return { ids, labels: rows.map((row) => String(row?.["label"])) };
}

async function backtest(rules: RuleSet): Promise<Backtest> {
  const result = newBacktest();
  for await (const { session_id, entries } of archivedLogs(env.TRACKING_R2, { from: DAY, to: DAY }, null)) {
    backtestOne(result, session_id, entries, rules);
  }
  return result;
}

function transitionsOf(before: string[], after: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [i, label] of before.entries()) {
    const name = `${label} → ${after[i]}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe("a back-test", () => {
  it.each([
    ["bot.untrusted_clicks", 20],
    ["bot.webdriver", 40],
  ])("of %s at %i points predicts exactly the transitions that then happen", async (id, points) => {
    const rule = RULES.find((one) => one.id === id);
    if (!rule) throw new Error(`no rule ${id}`);
    const first = await visit(1);
    expect(new Set(first.labels)).toEqual(new Set(["human", "suspect", "bot"]));
    const predicted = await backtest(varied(ruleSet(RULES_VERSION), { weights: { [id]: points }, shadow: [] }));
    const old = rule.points;
    let second: typeof first;
    try {
      // As the rule would be deployed: actors of this isolate have it from the same place.
      Object.assign(rule, { points });
      second = await visit(2);
    } finally {
      Object.assign(rule, { points: old });
    }
    expect(predicted.sessions).toBe(VISITS.length);
    expect(predicted.transitions).toEqual(transitionsOf(first.labels, second.labels));
    expect(second.labels).not.toEqual(first.labels);
    const changed = first.ids.flatMap((session_id, i) => {
      const [before, after] = [first.labels[i], second.labels[i]];
      return before === after ? [] : [{ session_id, before, after }];
    });
    expect(predicted.changed.toSorted(byId)).toEqual(changed.toSorted(byId));
  });

  const byId = (a: { session_id: string }, b: { session_id: string }) => (a.session_id < b.session_id ? -1 : 1);

  it("by the rules as they are changes nothing, and counts what stands", async () => {
    const { labels } = await visit(3);
    const result = await backtest(ruleSet(RULES_VERSION));
    expect(result.transitions).toEqual(transitionsOf(labels, labels));
    expect(result).toMatchObject({ sessions: VISITS.length, incomplete: 0, changed: [] });
    for (const { before, after } of Object.values(result.distributions)) {
      expect(after).toEqual(before);
      expect(after.reduce((sum, n) => sum + n, 0)).toBe(VISITS.length);
    }
    expect(result.firings["bot.untrusted_clicks"]).toEqual({ before: 2, after: 2 });
    expect(result.firings["bot.webdriver"]).toEqual({ before: 1, after: 1 });
    // In shadow a rule's firings are counted, and its points are not.
    const shadow = await backtest(varied(ruleSet(RULES_VERSION), { weights: {}, shadow: ["bot.untrusted_clicks"] }));
    expect(shadow.firings["bot.untrusted_clicks"]).toEqual({ before: 2, after: 2 });
    expect(shadow.transitions["suspect → human"]).toBe(1);
  });

  it("takes no rule that is not there", () => {
    expect(() => varied(ruleSet(RULES_VERSION), { weights: { "bot.none": 1 }, shadow: [] })).toThrow("bot.none");
  });
});

describe("GET /analytics/logs", () => {
  interface Line {
    session_id: string;
    site: string;
    entries: Parameters<typeof foldLog>[0];
  }
  const lines = async (query: string, headers: Record<string, string> = KEY): Promise<string[]> => {
    const response = await ask(`/analytics/logs?${query}`, { headers });
    expect(response.status).toBe(200);
    return (await response.text()).trimEnd().split("\n");
  };

  it("has the log of every session of the days, a line each, and says where to go on", async () => {
    const { ids, labels } = await visit(6);
    const [last, ...others] = (await lines(`from=${DAY}&to=${DAY}`)).reverse();
    expect(last).toBe('{"next":null}');
    const logs = others.map((line) => JSON.parse(line) as Line);
    expect(logs.map(({ session_id }) => session_id).sort()).toEqual([...ids].sort());
    for (const { session_id, entries } of logs) {
      expect(foldLog(entries).judgement.label).toBe(labels[ids.indexOf(session_id)]);
    }
    const text = others.join();
    for (const name of ["f-6-0", "visitor-1", "198.18.96"]) expect(text).not.toContain(name);
    // Retention, or an erasure half-way: a log without its beginning says nothing of its session.
    const { objects } = await env.TRACKING_R2.list({ prefix: "sessions/" });
    const [first] = objects.map(({ key }) => key).filter((key) => key.includes("/events/"));
    await env.TRACKING_R2.delete(first ?? "");
    expect(await backtest(ruleSet(RULES_VERSION))).toMatchObject({ sessions: VISITS.length - 1, incomplete: 1 });
  });

  it("is narrowed to what a key may see, and needs export", async () => {
    await visit(7);
    const key = async (scopes: string[], sites: string[] | null) => {
      const response = await post("/analytics/keys", { name: "a test's", scopes, sites }, { headers: KEY });
      return { Authorization: `Bearer ${(await response.json<{ data: { key: string } }>()).data.key}` };
    };
    const query = `from=${DAY}&to=${DAY}`;
    expect(await lines(query, await key(["export"], ["shop"]))).toEqual(['{"next":null}']);
    expect(await lines(query, await key(["export"], ["default"]))).toHaveLength(VISITS.length + 1);
    await problemOf(await ask(`/analytics/logs?${query}`, { headers: await key(["read"], null) }), "scope_missing");
    for (const wrong of ["", `from=${DAY}`, `from=${DAY}&to=2031-07-06`, `from=${DAY}&to=2031-02-30`]) {
      await problemOf(await ask(`/analytics/logs?${wrong}`, { headers: KEY }), "invalid_query");
    }
    expect(dayOf(Date.now())).toBe(DAY);
  });
});

import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Firing, Label, Scores } from "../../src/core/scoring/ledger";
import { findSession } from "../../src/data/store/sessions";
import { foldLog } from "../../src/ops/backtest";
import type { EventInput } from "../../src/protocol/events";
import { stopClock, tick, tickUntilDrained } from "../support/clock";
import { type Fault, faults, resetFaults } from "../support/faults";
import { seeded } from "../support/random";
import { callOf, entriesInR2, evict, identified, liveOf, PAGE, take, track } from "../support/visit";

/** Scores survive what sessions survive: evictions, flushes that fail in every way, and the log read again from R2. */

const BEGIN = "2031-08-01T12:00:00Z";
beforeEach(() => stopClock(BEGIN));
afterEach(() => {
  vi.useRealTimers();
  resetFaults();
});

interface Seen {
  seq: number;
  label: Label | null;
  scores: Scores;
  ledger: Firing[];
}

async function seen(id: string): Promise<Seen> {
  const live = await liveOf(id);
  if (!live) throw new Error("no such session");
  return { seq: live.last_seq, label: live.label, scores: live.scores, ledger: live.ledger };
}

/** What somebody does who is taken for a bot, then for a suspect: clicks of a script, then scrolls and clicks of a hand. */
function acts(): EventInput[][] {
  const click = (trusted: boolean): EventInput => ({ event_type: "click", page: PAGE, x: 3, y: 4, data: { trusted } });
  const scroll = (i: number, input: boolean): EventInput => ({
    event_type: "scroll",
    page: PAGE,
    scroll_percent: (i * i * 7) % 95,
    data: { input },
  });
  return [
    [{ event_type: "page_view", page: PAGE }],
    ...Array.from({ length: 6 }, (_, i) => [click(false), scroll(i, false)]),
    [{ event_type: "visibility_change", data: { state: "hidden" } }],
    [{ event_type: "visibility_change", data: { state: "visible" } }],
    ...Array.from({ length: 8 }, (_, i) => [scroll(i + 9, true), click(true), click(true)]),
    [{ event_type: "form_submit", page: PAGE, data: { ms: 400, fields: 4 } }],
  ];
}

/** `between` is what happens to the actor after each call. Gives what it said of its scores after each. */
async function visit(id: string, call: object, between: (i: number) => Promise<void>): Promise<Seen[]> {
  vi.setSystemTime(Date.parse(BEGIN));
  const said: Seen[] = [];
  let first = 1;
  for (const [i, events] of acts().entries()) {
    const again = callOf(id, { ...call, start: i === 0 && { signals: { webdriver: false, touch: 0 } }, first, events });
    // Whoever was killed is asked once more, as a sender does.
    const result = await track(again).catch(() => take(again));
    expect(result.ok).toBe(true);
    first += events.length;
    said.push(await seen(id));
    vi.setSystemTime(Date.now() + 1_300 + ((i * 7_919) % 2_900));
    await between(i);
  }
  faults.at.clear();
  await take(callOf(id, { ...call, start: false, end: true }));
  await tickUntilDrained(id);
  said.push(await seen(id));
  return said;
}

const FAULTS: Fault[] = ["refuse", "lie", "dieBefore", "dieAfter"];
const POINTS = ["d1.batch", "r2.put events", "r2.put meta"];

/** Evictions, and alarms that meet a fault, by chance. */
function shaking(id: string, seed: number): (i: number) => Promise<void> {
  const random = seeded(seed);
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  return async () => {
    faults.at.clear();
    if (random() < 0.6) {
      faults.at.set(one(POINTS), one(FAULTS));
      const now = Date.now();
      await tick(id).catch(() => {});
      // The alarm's time is no part of the visit.
      vi.setSystemTime(now);
    }
    if (random() < 0.7) await evict(id);
  };
}

describe("scores and ledger", () => {
  it.each([1, 2, 3])("are the same event for event, whatever dies when (%i)", async (seed) => {
    const [steady, shaken] = [crypto.randomUUID(), crypto.randomUUID()];
    // Nobody is asked about an anonymous session: both have the same log.
    const nobody = { ip: null, gpc: true };
    const calm = await visit(steady, nobody, async () => {});
    const rough = await visit(shaken, nobody, shaking(shaken, seed));
    const base = (list: Seen[]) => (list[0]?.seq ?? 0) - 1;
    const relative = (list: Seen[]) =>
      list.map(({ seq, ledger, ...rest }) => ({
        ...rest,
        seq: seq - base(list),
        ledger: ledger.map((line) => ({ ...line, seq: line.seq - base(list) })),
      }));
    expect(relative(rough)).toEqual(relative(calm));
    expect(new Set(calm.map(({ label }) => label))).toEqual(new Set(["human", "suspect", "bot"]));
    for (const id of [steady, shaken]) await expectSameFromR2(id, id === steady ? calm : rough);
  });

  it("with the identity actors' answers among the entries are the same from R2", async () => {
    const id = crypto.randomUUID();
    const shake = shaking(id, 4);
    const said = await visit(id, { ip: "198.18.200.0/24" }, async (i) => {
      if (i === 0) await identified(id);
      await shake(i);
    });
    await expectSameFromR2(id, said);
  });
});

/** The log of R2, folded entry by entry, passes through everything that was said, and ends at D1's row. */
async function expectSameFromR2(id: string, said: Seen[]): Promise<void> {
  const log = await entriesInR2(id);
  for (const { seq, ...rest } of said) {
    const { judgement } = foldLog(log.filter((entry) => entry.seq <= seq));
    expect(judgement).toEqual(rest);
  }
  const { judgement } = foldLog(log);
  expect(await findSession(env.DB, id)).toMatchObject(judgement);
}

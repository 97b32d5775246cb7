import { describe, expect, it } from "vitest";
import { ALERT_COOLDOWN_MS, type Condition, isSilent, type Memory, news } from "../../src/core/alerts/alert";
import { ALERT_WEEKS } from "../../src/data/store/alerts";
import { seeded } from "../support/random";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;
const TICK = 5 * MINUTE;
const SILENT = 30 * MINUTE;

/** Leads as they come to a site: by chance, many by day, few by night, fewer at the weekend. `weeks` from time 0. */
function ordinaryWeeks(perDay: number, weeks: number, seed: number): number[] {
  const random = seeded(seed);
  const times: number[] = [];
  const weightOf = (at: number): number => {
    const hour = (at / HOUR) % 24;
    const isWeekend = (at % WEEK) / (24 * HOUR) >= 5;
    return (hour >= 8 && hour < 20 ? 1.8 : 0.2) * (isWeekend ? 0.4 : 1.24);
  };
  const peak = 1.8 * 1.24;
  for (let at = 0; at < weeks * WEEK; ) {
    at += (-Math.log(1 - random()) * 24 * HOUR) / (perDay * peak);
    if (random() < weightOf(at) / peak) times.push(at);
  }
  return times;
}

/** Of `times` (rising) those up to `at`. */
function countUntil(times: readonly number[], at: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function silentAt(times: readonly number[], now: number): boolean {
  const last = times[countUntil(times, now) - 1];
  if (last === undefined || last < now - ALERT_WEEKS * WEEK) return false;
  const before = Array.from({ length: ALERT_WEEKS }, (_, i) => {
    const ago = (i + 1) * WEEK;
    return countUntil(times, now - ago) - countUntil(times, last - ago);
  });
  return isSilent({ last_at: last, before }, SILENT, now);
}

/** What is said at each tick from `from` to `to`. */
function alertsOf(times: readonly number[], from: number, to: number): number[] {
  let memory: Memory = {};
  const fired: number[] = [];
  for (let now = from; now < to; now += TICK) {
    const conditions: Condition[] = silentAt(times, now) ? [{ kind: "no_leads", key: "", detail: {} }] : [];
    const after = news(memory, conditions, ["no_leads"], now);
    memory = after.memory;
    if (after.fire.length > 0) fired.push(now);
  }
  return fired;
}

describe("no lead for a while", () => {
  it.each([0.5, 5, 20, 100, 1_000])("is nothing to say in ten ordinary weeks of %d leads a day", (perDay) => {
    const times = ordinaryWeeks(perDay, 15, 7 + perDay);
    expect(alertsOf(times, 5 * WEEK, 15 * WEEK)).toEqual([]);
  });

  it.each([
    [20, 40],
    [100, 8],
    [1_000, 2],
  ])("is said once when a form of %d leads a day breaks on a Tuesday at ten, within %d hours", (perDay, hours) => {
    const broken = 6 * WEEK + 24 * HOUR + 10 * HOUR;
    const times = ordinaryWeeks(perDay, 8, 11).filter((at) => at < broken || at > broken + 3 * 24 * HOUR);
    const fired = alertsOf(times, 5 * WEEK, broken + 3 * 24 * HOUR);
    expect(fired).toHaveLength(1);
    expect((fired[0] ?? 0) - broken).toBeLessThan(hours * HOUR);
  });

  it("is not said of a site that has begun this week, or has stopped long ago", () => {
    expect(alertsOf(ordinaryWeeks(1_000, 1, 3), 0, WEEK + HOUR)).toEqual([]);
    expect(alertsOf([1, 2, 3], 6 * WEEK, 7 * WEEK)).toEqual([]);
  });
});

describe("news", () => {
  const dead: Condition = { kind: "dead_letters", key: "", detail: {} };
  const failing = (key: string): Condition => ({ kind: "endpoint_failing", key, detail: {} });
  const say = (memory: Memory, conditions: Condition[], now: number) =>
    news(memory, conditions, ["dead_letters", "endpoint_failing"], now);

  it("are told once while they last, each endpoint by itself", () => {
    const first = say({}, [dead, failing("a")], 0);
    expect(first.fire).toEqual([dead, failing("a")]);
    const second = say(first.memory, [dead, failing("a"), failing("b")], TICK);
    expect(second.fire).toEqual([failing("b")]);
    expect(say(second.memory, [dead, failing("a"), failing("b")], 10 * ALERT_COOLDOWN_MS).fire).toEqual([]);
  });

  it("are told again after they were over, and not within the cooldown", () => {
    let { memory } = say({}, [dead], 0);
    memory = say(memory, [], TICK).memory;
    const soon = say(memory, [dead], 2 * TICK);
    expect(soon.fire).toEqual([]);
    memory = say(soon.memory, [], 3 * TICK).memory;
    expect(say(memory, [dead], ALERT_COOLDOWN_MS + TICK).fire).toEqual([dead]);
  });

  it("are not over because nobody could look", () => {
    const { memory } = say({}, [dead], 0);
    const blind = news(memory, [], [], 2 * ALERT_COOLDOWN_MS);
    expect(say(blind.memory, [dead], 2 * ALERT_COOLDOWN_MS + TICK).fire).toEqual([]);
  });
});

import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { collectVisitors } from "../../src/data/aggregates/collect";
import type { Question } from "../../src/data/aggregates/question";
import { ROLLUP_READ_TRIES } from "../../src/data/aggregates/read";
import { deleteExpired } from "../../src/data/store/retention";
import { freezeRollups, listMarks } from "../../src/data/store/rollups";
import { rollUp } from "../../src/ops/rollup";
import { seeded } from "../support/random";
import { isBot, ledOf, sumsOf, visitorsOf } from "../support/recount";
import { type MadeSession, putSessions } from "../support/rows";
import { makeSessions } from "../support/sessions";

/** Rollups that die: at each call to D1, before it and after it; and sessions that change in the middle of one. */

const HOUR = 3_600_000;
const FROM = Date.UTC(2031, 6, 1);
const NOW = FROM + 2 * 24 * HOUR + 4 * HOUR;

type Step = (call: number, isBatch: boolean) => void | Promise<void>;

/** D1 with something done before and after each of its calls. */
function watched(before: Step, after: Step): D1Database {
  let calls = 0;
  const pass = async <T>(run: () => Promise<T>, isBatch = false): Promise<T> => {
    const call = calls++;
    await before(call, isBatch);
    const result = await run();
    await after(call, isBatch);
    return result;
  };
  const statement = (inner: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(inner, {
      get: (target, name) => {
        if (name === "bind") return (...values: unknown[]) => statement(target.bind(...values));
        if (name === "all" || name === "run" || name === "first")
          return () => pass(() => Reflect.apply(target[name], target, []));
        return name === INNER ? target : Reflect.get(target, name);
      },
    });
  const batch = (statements: D1PreparedStatement[]) =>
    pass(() => env.DB.batch(statements.map((one) => (Reflect.get(one, INNER) as D1PreparedStatement) ?? one)), true);
  return new Proxy(env.DB, {
    get: (target, name) => {
      if (name === "prepare") return (query: string) => statement(target.prepare(query));
      return name === "batch" ? batch : Reflect.get(target, name);
    },
  });
}
const INNER = Symbol("the statement itself");

const nothing: Step = () => {};
const dieAt =
  (point: number): Step =>
  (call) => {
    if (call === point) throw new Error("Network connection lost");
  };

let sessions: MadeSession[] = [];

async function expectRecount(what: string, db = env.DB): Promise<void> {
  const question: Question = { from: FROM, to: NOW, filter: {}, bots: "exclude" };
  const { slice, visitors, excluded } = await collectVisitors(db, question);
  const people = sessions.filter((one) => !isBot(one));
  const [count = 0, events = 0, page_views = 0, bounces = 0] = slice.totals;
  expect({ sessions: count, events, page_views, bounces, visitors, excluded }, what).toEqual({
    ...sumsOf(people, ledOf([])),
    visitors: visitorsOf(people),
    excluded: sessions.length - people.length,
  });
}

const TABLES = ["sessions", "rollup_hours", "rollup_days", "rollup_marks"] as const;

beforeEach(async () => {
  await env.DB.batch([
    ...TABLES.map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
    env.DB.prepare("UPDATE rollup_state SET hours_through = 0, days_through = 0, floor = 0"),
  ]);
  await env.DB.prepare("DELETE FROM rollup_marks").run();
  sessions = makeSessions(seeded(3), 40, FROM, 2 * 24 * HOUR);
  await putSessions(sessions);
});

/** Rolls up with a death at every fourth call, each run going on where the last one died. */
async function rollUpDying(kind: "before" | "after", first: number): Promise<void> {
  for (let point = first; point < first + 400; point++) {
    const die = dieAt(point % 17);
    const db = kind === "before" ? watched(die, nothing) : watched(nothing, die);
    const report = await rollUp(db, NOW, true).catch(() => null);
    await expectRecount(`died ${kind} call ${point % 17}`);
    if (report?.isDone) return;
  }
  throw new Error("rollups do not come to an end");
}

const rollUpWhole = async (): Promise<void> => {
  while (!(await rollUp(env.DB, NOW, true)).isDone);
};

const change = async (count: number): Promise<void> => {
  const changed = sessions.slice(0, count).map((one) => ({ ...one, label: isBot(one) ? "human" : "bot" }));
  sessions = [...changed, ...sessions.slice(count)];
  await putSessions(changed);
};

describe("aggregates are a recount", () => {
  it.each(["before", "after"] as const)("whatever call to D1 a run dies %s", async (kind) => {
    await rollUpDying(kind, 0);
    await change(6);
    await expectRecount("changed");
    await rollUpDying(kind, 3);
    const left = await env.DB.prepare("SELECT count(*) AS n FROM rollup_marks").first<{ n: number }>();
    expect(left?.n).toBe(0);
  });

  it("although sessions change at every call of a run, and two runs go on at once", async () => {
    const racing: Step = async (call) => {
      if (call % 3 === 0) await change(1 + (call % 5));
    };
    const runs = [rollUp(watched(racing, nothing), NOW, true), rollUp(watched(nothing, racing), NOW, true)];
    await Promise.all(runs);
    await expectRecount("after the race");
    await rollUpWhole();
    await expectRecount("after the run that follows");
  });

  it("when periods change after it was found out which of them are valid", async () => {
    await rollUpWhole();
    // The first call asks which are, the second reads them.
    const racing: Step = (call) => (call === 1 ? change(9) : undefined);
    await expectRecount("changed between the two", watched(racing, nothing));
  });

  it("when periods are rolled up anew after it was found out that they are not valid", async () => {
    await rollUpWhole();
    await change(9);
    const racing: Step = (call) => (call === 1 ? rollUpWhole() : undefined);
    await expectRecount("rolled up between the two", watched(racing, nothing));
  });

  it("when an older session appears meanwhile", async () => {
    const [oldest, ...rest] = sessions.toSorted((a, b) => a.started_at - b.started_at);
    if (!oldest) throw new Error("no sessions");
    await env.DB.prepare("DELETE FROM sessions WHERE session_id = ?").bind(oldest.session_id).run();
    sessions = rest;
    await rollUpWhole();
    const racing: Step = async (call) => {
      if (call !== 1) return;
      sessions = [oldest, ...rest];
      await putSessions([oldest]);
    };
    await expectRecount("one more", watched(racing, nothing));
  });

  it("from rows alone, when periods change each time it is asked which are valid", async () => {
    await rollUpWhole();
    let asked = 0;
    const racing: Step = async (_, isBatch) => {
      // A batch asks what is valid; the rows themselves are read one statement at a time.
      if (!isBatch || ++asked > 20) return;
      await change(3);
    };
    await expectRecount("changed at each call", watched(racing, nothing));
    expect(asked).toBe(ROLLUP_READ_TRIES + 2);
  });
});

describe("retention, which takes rows whose sums stay", () => {
  const DAY = 24 * HOUR;

  it("changes no answer: the rollups of what it takes are frozen first", async () => {
    await rollUpWhole();
    const before = await freezeRollups(env.DB, FROM + DAY + HOUR);
    expect(before).toBe(FROM + DAY);
    const { sessions: gone } = await deleteExpired(env.DB, before, { sessions: 100, events: 100 });
    expect(gone).toBeGreaterThan(10);
    expect(await listMarks(env.DB, "day", false, 10)).toEqual([]);
    await expectRecount("their rows are gone");
  });

  it("stops at the oldest period that has changed since it was rolled up", async () => {
    await rollUpWhole();
    const [late] = sessions.filter(({ started_at }) => started_at >= FROM + DAY);
    await putSessions(late ? [late] : []);
    expect(await freezeRollups(env.DB, FROM + 2 * DAY)).toBe(FROM + DAY);
    const [early] = sessions.filter(({ started_at }) => started_at < FROM + DAY);
    await putSessions(early ? [early] : []);
    // What has once been let go stays so: neither a change of it nor a clock that is put back brings it back.
    expect(await freezeRollups(env.DB, FROM + 2 * DAY)).toBe(FROM + DAY);
    expect(await freezeRollups(env.DB, FROM)).toBe(FROM + DAY);
  });

  it("stops at what is rolled up, unless nothing ever was", async () => {
    expect(await freezeRollups(env.DB, FROM + 2 * DAY)).toBe(FROM + 2 * DAY);
    await env.DB.prepare("UPDATE rollup_state SET floor = 0").run();
    while (!(await rollUp(env.DB, FROM + DAY + 4 * HOUR, true)).isDone);
    expect(await freezeRollups(env.DB, FROM + 2 * DAY)).toBe(FROM + DAY);
  });
});

import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { visitorOf } from "../../src/core/session/calls/visitor-id";
import { sessionPrefix } from "../../src/data/store/archive";
import { dayOf } from "../../src/data/store/archive-days";
import { LINGER_MS } from "../../src/limits";
import { type Rebuilt, rebuild } from "../../src/ops/rebuild";
import { WorkBudget } from "../../src/ops/work-budget";
import { stopClock, tickUntilDrained } from "../support/clock";
import { alarmOfShard } from "../support/identity";
import { erase } from "../support/person";
import { alarm, ask, callOf, evict, identified, KEY, liveOf, PAGE, post, someEvents, take } from "../support/visit";
import { newId, problemOf } from "./helpers";

beforeEach(() => stopClock("2031-05-20T12:00:00Z"));
afterEach(() => {
  vi.useRealTimers();
});

const today = (): string => dayOf(Date.now());

interface Rows {
  sessions: Record<string, unknown>[];
  events: Record<string, unknown>[];
}

async function rowsOf(ids: string[]): Promise<Rows> {
  const list = JSON.stringify(ids);
  const of = "WHERE session_id IN (SELECT value FROM json_each(?)) ORDER BY session_id";
  const [sessions, events] = await env.DB.batch<Record<string, unknown>>([
    env.DB.prepare(`SELECT * FROM sessions ${of}`).bind(list),
    env.DB.prepare(`SELECT * FROM events ${of}, seq`).bind(list),
  ]);
  return { sessions: sessions?.results ?? [], events: events?.results ?? [] };
}

/** Sessions of every kind a log can hold, each fully written. */
async function visits(): Promise<string[]> {
  const plain = newId();
  await take(callOf(plain, { events: someEvents(5), start: { fingerprint_id: "f-1", visitor_id: "v-1" }, end: true }));
  const long = newId();
  for (let i = 0; i < 5; i++) {
    await take(
      callOf(long, { start: i === 0, first: i * 100 + 1, events: someEvents(100, i % 2 ? "scroll" : "click") }),
    );
    vi.setSystemTime(Date.now() + 10_000);
    await tickUntilDrained(long);
  }
  const traits = newId();
  const identify = { event_type: "identify", data: { plan: "pro" } };
  await take(callOf(traits, { events: [identify, ...someEvents(2)], ip: "198.51.100.0/24" }));
  await take(callOf(traits, { start: false, first: 4, events: someEvents(1), ip: "198.51.101.0/24" }));
  const denied = newId();
  await take(callOf(denied, { events: someEvents(3) }));
  await take(callOf(denied, { start: { consent: "denied" } }));
  const gone = newId();
  await take(callOf(gone, { first: 5, events: someEvents(2), gone: [[1, 2]] }));
  await take(callOf(gone, { start: false, end: true }));
  const late = newId();
  await take(callOf(late, { events: someEvents(2), end: true }));
  await tickUntilDrained(late);
  await take(callOf(late, { start: false, first: 3, events: someEvents(1) }));
  const [proven, claimed] = [newId(), newId()];
  const visitor = await visitorOf("s".repeat(32));
  const start = { visitor_id: visitor, fingerprint_id: "f-2" };
  await take({ ...callOf(proven, { events: someEvents(2), start }), proven_visitor: visitor });
  await take(callOf(claimed, { events: someEvents(2), start }));
  const archived = newId();
  await take(callOf(archived, { events: someEvents(3), events_in: "archive", end: true }));
  const ids = [plain, long, traits, denied, gone, late, proven, claimed, archived];
  for (const id of ids) await tickUntilDrained(id);
  return ids;
}

const wipe = async (): Promise<void> => {
  for (const table of ["sessions", "events"]) await env.DB.prepare(`DELETE FROM ${table}`).run();
};

async function rebuildAll(calls = 1_000, from = today()): Promise<Rebuilt[]> {
  const steps: Rebuilt[] = [];
  const range = { from, to: today() };
  let after: string | null = null;
  do {
    const step: Rebuilt = await rebuild(env, range, after, new WorkBudget({ calls, ms: 600_000 }, Date.now()));
    steps.push(step);
    after = step.next;
  } while (after !== null);
  return steps;
}

describe("a rebuild", () => {
  it("from the R2 log alone makes D1's sessions and events again, row for row", async () => {
    const ids = await visits();
    const before = await rowsOf(ids);
    expect(before.sessions).toHaveLength(ids.length);
    await wipe();
    await rebuildAll();
    expect(await rowsOf(ids)).toEqual(before);
  });

  it("makes rows again of sessions that only claimed a visitor who was erased, as they were left", async () => {
    const visitor = await visitorOf(newId().repeat(2));
    const [live, over, first] = [newId(), newId(), today()];
    const claim = async (id: string): Promise<void> => {
      const start = { visitor_id: visitor, fingerprint_id: `f-${id}` };
      const identify = { event_type: "identify", data: { plan: "pro" } };
      await take(callOf(id, { start, events: [identify, ...someEvents(2)], end: id === over }));
      await tickUntilDrained(id);
    };
    await claim(over);
    vi.setSystemTime(Date.now() + 2 * LINGER_MS);
    await alarm(over);
    expect(await liveOf(over)).toBeNull();
    await claim(live);
    expect((await rowsOf([live, over])).sessions).toMatchObject([{ visitor_id: visitor }, { visitor_id: visitor }]);
    expect(await erase(visitor)).toMatchObject({ status: "complete", counts: { unlinked: { sessions: 2 } } });
    await tickUntilDrained(live);
    const before = await rowsOf([live, over]);
    expect(before.sessions).toMatchObject([{ visitor_id: null }, { visitor_id: null }]);
    await wipe();
    await rebuildAll(1_000, first);
    expect(await rowsOf([live, over])).toEqual(before);
  });

  it("has the fingerprints write their rows and places again, as they were", async () => {
    const mark = newId().slice(0, 8);
    const [fingerprint_id, id, other] = [`f-${mark}`, newId(), newId()];
    await take(callOf(id, { events: someEvents(2), start: { fingerprint_id }, ip: "198.51.100.0/24" }));
    await identified(id);
    await take(callOf(id, { start: false, first: 3, events: someEvents(1), ip: "203.0.113.0/24" }));
    await take(callOf(other, { events: someEvents(2), start: { fingerprint_id } }));
    for (const one of [id, other]) {
      await identified(one);
      await tickUntilDrained(one);
    }
    const tables = ["fingerprints", "identity_network"];
    const rows = () =>
      Promise.all(
        tables.map(async (table) => {
          const sql = `SELECT * FROM ${table} WHERE fingerprint_id = ? ORDER BY 1, 2`;
          return (await env.DB.prepare(sql).bind(fingerprint_id).all()).results;
        }),
      );
    const written = async () => (await rows()).map(({ length }) => length);
    for (let i = 0; (await written())[1] !== 2; i++) {
      if (i > 20) throw new Error(`not written: ${String(await written())}`);
      vi.setSystemTime(Date.now() + 40_000);
      await alarmOfShard("fingerprint", fingerprint_id);
    }
    const before = await rows();
    for (const table of tables) await env.DB.prepare(`DELETE FROM ${table}`).run();
    const steps = await rebuildAll();
    expect(steps.reduce((sum, { fingerprints }) => sum + fingerprints, 0)).toBeGreaterThan(0);
    expect(await rows()).toEqual(before);
  });

  it("replaces rows that are wrong, and brings back those that are missing", async () => {
    const ids = await visits();
    const before = await rowsOf(ids);
    await env.DB.prepare("UPDATE sessions SET visitor_id = 'somebody', events = 0, detail = '{}'").run();
    await env.DB.prepare("DELETE FROM events WHERE event_type = 'click'").run();
    await env.DB.prepare("UPDATE events SET page = 'https://wrong.example/'").run();
    await rebuildAll();
    expect(await rowsOf(ids)).toEqual(before);
  });

  it("goes on in steps where the last one stopped, and may be run again", async () => {
    const ids = await visits();
    const before = await rowsOf(ids);
    await wipe();
    const steps = await rebuildAll(25);
    expect(steps.length).toBeGreaterThan(2);
    expect(await rowsOf(ids)).toEqual(before);
    await rebuildAll();
    expect(await rowsOf(ids)).toEqual(before);
  });

  it("leaves a session alone that is ahead of the archive, and its actor goes on from there", async () => {
    const id = newId();
    await take(callOf(id, { events: someEvents(3) }));
    await tickUntilDrained(id);
    await env.DB.prepare("UPDATE sessions SET last_seq = last_seq + 1000 WHERE session_id = ?").bind(id).run();
    const before = await rowsOf([id]);
    const steps = await rebuildAll();
    expect(steps.reduce((sum, { ahead }) => sum + ahead, 0)).toBe(1);
    expect(await rowsOf([id])).toEqual(before);
  });

  it("of a session that is still going on is followed by what it does next", async () => {
    const id = newId();
    await take(callOf(id, { events: someEvents(3) }));
    await tickUntilDrained(id);
    await wipe();
    await rebuildAll();
    await evict(id);
    await take(callOf(id, { start: false, first: 4, events: [{ event_type: "page_view", page: PAGE }] }));
    await take(callOf(id, { start: false, end: true }));
    await tickUntilDrained(id);
    const { sessions, events } = await rowsOf([id]);
    expect(sessions[0]).toMatchObject({ events: 4 });
    expect(events).toHaveLength(4);
  });

  it("counts a session whose beginning is missing, and writes nothing of it", async () => {
    const id = newId();
    await take(callOf(id, { events: someEvents(3) }));
    await tickUntilDrained(id);
    const { objects } = await env.TRACKING_R2.list({ prefix: "sessions/" });
    const meta = objects.find(({ key }) => key.includes(id) && key.endsWith("meta.json"));
    await env.TRACKING_R2.delete(meta?.key ?? "");
    await wipe();
    const steps = await rebuildAll();
    expect(steps.reduce((sum, { incomplete }) => sum + incomplete, 0)).toBeGreaterThanOrEqual(1);
    expect((await rowsOf([id])).sessions).toEqual([]);
  });

  it("passes over a session that has nothing in the archive yet but a piece of its recording", async () => {
    const id = newId();
    const prefix = sessionPrefix(id, Date.now());
    await env.TRACKING_R2.put(`${prefix}replay/${Date.now()}-1.json`, "{}");
    // Enough for this one alone: those of other tests are of no interest.
    const budget = new WorkBudget({ calls: 20, ms: 600_000 }, Date.now());
    const done = await rebuild(env, { from: today(), to: today() }, prefix.slice(0, -2), budget);
    expect(done).toMatchObject({ sessions: 0, incomplete: 0, next: prefix });
    await env.TRACKING_R2.delete(`${prefix}replay/${Date.now()}-1.json`);
  });

  it("does not bring back whom an erasure has taken away meanwhile", async () => {
    const id = newId();
    await take(callOf(id, { events: someEvents(3), end: true }));
    await tickUntilDrained(id);
    let erased = false;
    const batch = async (statements: D1PreparedStatement[]) => {
      // Its log has been read; before a row is written, the person is gone.
      if (!erased) await env.SESSION.getByName(id).erase([Date.now()]);
      erased = true;
      return env.DB.batch(statements);
    };
    const DB = { prepare: env.DB.prepare.bind(env.DB), batch } as unknown as D1Database;
    const budget = new WorkBudget({ calls: 1_000, ms: 600_000 }, Date.now());
    const range = { from: today(), to: today() };
    // From just before it on: the sessions of other tests are of no interest.
    const before = sessionPrefix(id, Date.now()).slice(0, -2);
    await rebuild({ ...env, DB }, range, before, budget);
    expect(erased).toBe(true);
    expect(await rowsOf([id])).toEqual({ sessions: [], events: [] });
  });

  it("is asked for by day, by a key with admin for all sites", async () => {
    for (const body of [
      { from: "2031-05-20" },
      { from: "2031-05-21", to: "2031-05-20" },
      { from: "2031-02-30", to: "2031-05-20" },
    ]) {
      await problemOf(await post("/analytics/rebuild", body, { headers: KEY }), "invalid_body");
    }
    const response = await post("/analytics/rebuild", { from: "2019-01-01", to: "2019-01-02" }, { headers: KEY });
    const none = { sessions: 0, events: 0, quarantined: 0, fingerprints: 0, ahead: 0, incomplete: 0, next: null };
    expect(await response.json()).toEqual({ data: none });
    await problemOf(await ask("/analytics/rebuild", { method: "POST", body: "{}" }), "key_required");
  });
});

import { createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Env } from "../../src/bindings";
import type { RetentionRun } from "../../src/core/api/storage";
import { firstSeq } from "../../src/core/session/entry";
import { sessionPrefix } from "../../src/data/store/archive";
import { dayOf } from "../../src/data/store/archive-days";
import { listEvents } from "../../src/data/store/events";
import { DELETE_EVENTS } from "../../src/data/store/retention";
import { findSession } from "../../src/data/store/sessions";
import worker from "../../src/index";
import { RETENTION_DAYS } from "../../src/limits";
import { createLogger } from "../../src/ops/logger";
import { cutoffAt, retain } from "../../src/ops/retention";
import type { Bounds, RetentionStores } from "../../src/ops/retention-work";
import { ask, KEY } from "../support/visit";
import { newId, problemOf, read } from "./helpers";

const DAY = 86_400_000;
const NOW = Date.UTC(2031, 5, 20, 3);
const CUTOFF = cutoffAt(NOW);
const log = createLogger("error", {});

/** So small that a run needs many invocations. */
const SMALL: Bounds = { calls: 12, ms: 60_000, page: 20, sessions: 5, events: 20 };

beforeEach(async () => {
  for (const table of ["sessions", "events", "retention_runs", "storage_days", "fingerprints", "identity_network"]) {
    await env.DB.prepare(`DELETE FROM ${table}`).run();
  }
  for (const keys = await allKeys(); keys.length > 0; ) await env.TRACKING_R2.delete(keys.splice(0, 1_000));
});

async function allKeys(): Promise<string[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page: R2Objects = await env.TRACKING_R2.list(cursor ? { cursor } : {});
    keys.push(...page.objects.map(({ key }) => key));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
  return keys;
}

interface Placed {
  id: string;
  started_at: number;
  keys: string[];
}

/** Sessions with objects and rows, begun at these times. */
async function place(times: number[], objects: number, events: number): Promise<Placed[]> {
  const sessions = times.map((started_at) => {
    const id = newId();
    const prefix = sessionPrefix(id, started_at);
    const keys = Array.from({ length: objects - 1 }, (_, i) => `${prefix}events/${started_at + i}-${i}.json`);
    return { id, started_at, keys: [`${prefix}meta.json`, ...keys] };
  });
  await Promise.all(sessions.flatMap(({ keys }) => keys.map((key) => env.TRACKING_R2.put(key, "{}"))));
  const rows = JSON.stringify(sessions);
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO sessions (session_id, site, fingerprint_id, started_at, last_event_at, events, last_seq, detail)
       SELECT value ->> 'id', 'default', 'f-' || (value ->> 'id'), value ->> 'started_at', value ->> 'started_at', ${events}, 1, '{}'
       FROM json_each(?)`,
    ).bind(rows),
    env.DB.prepare(
      `INSERT INTO events (session_id, seq, at, received_at, event_type)
       SELECT value ->> 'id', n, 1, 1, 'click' FROM json_each(?1),
         (WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${events}) SELECT n FROM numbers)`,
    ).bind(rows),
  ]);
  return sessions;
}

const idsIn = async (table: "sessions" | "events"): Promise<string[]> => {
  const sql = `SELECT DISTINCT session_id AS id FROM ${table} ORDER BY id`;
  return (await env.DB.prepare(sql).all<{ id: string }>()).results.map(({ id }) => id);
};

const runs = async (): Promise<RetentionRun[]> =>
  (await read<{ data: { retention: { runs: RetentionRun[] } } }>("/analytics/storage")).data.retention.runs;

/** Invocation after invocation, as the cron would make them, until no run is open. */
async function runToEnd(bounds: Bounds, stores: RetentionStores = env): Promise<number> {
  for (let n = 1; n < 500; n++) {
    await retain(stores, log, NOW, { begin: n === 1, bounds });
    if ((await runs())[0]?.finished_at) return n;
  }
  throw new Error("retention does not come to an end");
}

/** D1 where something happens just before expired events, or the rows after them, are deleted. */
function interrupted(what: "events" | "rows", step: () => Promise<unknown>): D1Database {
  const batch = async (statements: D1PreparedStatement[]) => {
    if (what === "rows") await step();
    return env.DB.batch(statements);
  };
  const deleting = (query: string) => ({
    bind: (...values: unknown[]) => ({
      run: async () => {
        await step();
        return env.DB.prepare(query)
          .bind(...values)
          .run();
      },
    }),
  });
  const prepare = (query: string) =>
    what === "events" && query === DELETE_EVENTS ? deleting(query) : env.DB.prepare(query);
  return new Proxy(env.DB, {
    get: (target, name) => (name === "batch" ? batch : name === "prepare" ? prepare : Reflect.get(target, name)),
  });
}

/** Every object, each session's row with its events: exactly those that are young enough. */
async function expectExactly(sessions: Placed[]): Promise<void> {
  const kept = sessions.filter(({ started_at }) => started_at >= CUTOFF);
  expect((await allKeys()).sort()).toEqual(kept.flatMap(({ keys }) => keys).sort());
  const ids = kept.map(({ id }) => id).sort();
  expect(await idsIn("sessions")).toEqual(ids);
  expect(await idsIn("events")).toEqual(ids);
}

/** Sessions of 10 objects: half of them expired, the youngest of those by a millisecond. */
const mixed = (sessions = 20): Promise<Placed[]> => {
  const times = Array.from({ length: sessions }, (_, i) =>
    i % 2 === 0 ? CUTOFF - 1 - (i % 7) * DAY : CUTOFF + (i % 5) * DAY,
  );
  return place(times, 10, 5);
};

describe("retention", () => {
  it("keeps whole days: what was begun on the day 90 days ago stays, whatever the hour", () => {
    expect(CUTOFF % DAY).toBe(0);
    expect(NOW - CUTOFF).toBeGreaterThanOrEqual(RETENTION_DAYS * DAY);
    expect(NOW - CUTOFF).toBeLessThan((RETENTION_DAYS + 1) * DAY);
  });

  it("in many small runs leaves exactly the right set, and says what it did", async () => {
    const sessions = await mixed();
    const invocations = await runToEnd(SMALL);
    expect(invocations).toBeGreaterThan(3);
    await expectExactly(sessions);
    expect((await runs())[0]).toMatchObject({
      objects_deleted: 100,
      bytes_deleted: 200,
      objects_kept: 100,
      bytes_kept: 200,
      sessions_deleted: 10,
      events_deleted: 50,
      errors: 0,
      last_error: null,
      invocations,
      cutoff: CUTOFF,
      duration_ms: expect.any(Number),
      finished_at: expect.any(Number),
    });
  });

  it("of 2,000 objects that dies half-way leaves exactly the right set when it has been run on", async () => {
    const sessions = await mixed(200);
    let deletes = 0;
    const died = new Promise<void>((resolve) => {
      const bucket: Pick<R2Bucket, "list" | "delete"> = {
        list: (options) => env.TRACKING_R2.list(options),
        delete: async (keys) => {
          deletes += 1;
          // The third delete happens, and nobody ever hears of it.
          await env.TRACKING_R2.delete(keys);
          if (deletes < 3) return;
          resolve();
          await new Promise(() => {});
        },
      };
      void retain({ ...env, TRACKING_R2: bucket as R2Bucket }, log, NOW, {
        begin: true,
        bounds: { ...SMALL, page: 100, calls: 100 },
      });
    });
    await died;
    const left = (await allKeys()).length;
    expect(left).toBeGreaterThan(1_000);
    expect(left).toBeLessThan(2_000);
    // The rows of objects that are there, or may be, are there.
    expect(await idsIn("sessions")).toHaveLength(200);
    expect(await runToEnd({ ...SMALL, page: 100, sessions: 20, events: 100 })).toBeGreaterThan(3);
    await expectExactly(sessions);
    expect(await runs()).toHaveLength(1);
  }, 120_000);

  it("goes on after a store has failed, and says so", async () => {
    const sessions = await mixed();
    let broken = true;
    const bucket: Pick<R2Bucket, "list" | "delete"> = {
      list: (options) => env.TRACKING_R2.list(options),
      delete: async (keys) => {
        broken = !broken;
        if (!broken) throw new Error("a store's failure");
        await env.TRACKING_R2.delete(keys);
      },
    };
    await runToEnd(SMALL, { ...env, TRACKING_R2: bucket as R2Bucket });
    await expectExactly(sessions);
    const [run] = await runs();
    expect(run?.errors).toBeGreaterThan(1);
    expect(run).toMatchObject({ objects_deleted: 100, last_error: "Error: a store's failure" });
  });

  it("deletes no row while an object of it is left", async () => {
    const sessions = await mixed();
    for (let n = 1; n < 500; n++) {
      await retain(env, log, NOW, { begin: n === 1, bounds: SMALL });
      const keys = new Set((await allKeys()).map((key) => key.split("/")[4]));
      const ids = new Set(await idsIn("sessions"));
      expect([...keys].filter((id) => !ids.has(id ?? ""))).toEqual([]);
      if ((await runs())[0]?.finished_at) break;
    }
    await expectExactly(sessions);
  });

  it("takes a session of more events than one step may delete", async () => {
    const [old] = await place([CUTOFF - DAY], 2, 333);
    const [young] = await place([CUTOFF], 2, 333);
    await runToEnd(SMALL);
    await expectExactly([old, young].filter((one) => one !== undefined));
  });

  it.each(["events", "rows"] as const)("spares a session begun anew while its old %s are about to go", async (what) => {
    const [session] = await place([CUTOFF - DAY], 1, 2);
    if (!session) throw new Error("no session");
    const seq = firstSeq(NOW) + 2;
    // The first flush of the new life.
    const revive = () =>
      env.DB.batch([
        env.DB.prepare("UPDATE sessions SET started_at = ?, last_seq = ? WHERE session_id = ?").bind(
          NOW,
          seq,
          session.id,
        ),
        env.DB.prepare(
          `INSERT INTO events (session_id, seq, at, received_at, event_type) VALUES (?, ?, 1, 1, 'new')
           ON CONFLICT (session_id, seq) DO NOTHING`,
        ).bind(session.id, seq),
      ]);
    await runToEnd(SMALL, { ...env, DB: interrupted(what, revive) });
    expect(await findSession(env.DB, session.id)).toMatchObject({ started_at: NOW });
    const { events } = await listEvents(env.DB, session.id, 0, 100);
    expect(events.map(({ event_type }) => event_type)).toContain("new");
  });

  it("takes the identity rows of expired sessions that nobody has been seen with since", async () => {
    const sessions = await place([CUTOFF - DAY, CUTOFF - DAY], 1, 1);
    const names = sessions.map(({ id }) => `f-${id}`);
    for (const [i, name] of names.entries()) {
      const seen = i === 0 ? CUTOFF - 1 : CUTOFF;
      await env.DB.prepare("INSERT INTO fingerprints VALUES (?, 'shop', 1, ?, 1, 1, 1, 1)").bind(name, seen).run();
      await env.DB.prepare("INSERT INTO identity_network VALUES (?, 'shop', 'a', 1, 'DE', 1, ?)")
        .bind(name, seen)
        .run();
    }
    await runToEnd(SMALL);
    for (const table of ["fingerprints", "identity_network"]) {
      const { results } = await env.DB.prepare(`SELECT fingerprint_id FROM ${table}`).all();
      expect(results, table).toEqual([{ fingerprint_id: names[1] }]);
    }
  });

  it("leaves keys alone that are none of its own", async () => {
    await env.TRACKING_R2.put("backup/2001/01/01/x", "{}");
    await env.TRACKING_R2.put("sessions/notes.txt", "{}");
    await place([CUTOFF - DAY], 3, 1);
    await runToEnd(SMALL);
    expect((await allKeys()).sort()).toEqual(["backup/2001/01/01/x", "sessions/notes.txt"]);
  });

  it("is overtaken without harm: of two at once one stops, and the set is right", async () => {
    const sessions = await mixed();
    await retain(env, log, NOW, { begin: true, bounds: SMALL });
    await Promise.all([1, 2, 3].map(() => retain(env, log, NOW, { begin: false, bounds: SMALL })));
    await runToEnd(SMALL);
    await expectExactly(sessions);
    expect(await runs()).toHaveLength(1);
  });

  it("finds events to delete by key, never by a scan", async () => {
    const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${DELETE_EVENTS}`)
      .bind("[]", 1, CUTOFF)
      .all<{ detail: string }>();
    expect(results.map(({ detail }) => detail).join("; ")).not.toMatch(/SCAN (e|events)\b/);
  });
});

describe("the cron", () => {
  const fire = async (cron: string, scheduledTime: number): Promise<void> => {
    const controller = createScheduledController({ cron, scheduledTime: new Date(scheduledTime) });
    // The tests' actor class is a subclass of the Worker's.
    await worker.scheduled(controller, env as unknown as Env);
  };

  it("begins a run at 3 o'clock, and only goes on with one every five minutes", async () => {
    const sessions = await mixed();
    await fire("*/5 * * * *", NOW);
    expect(await runs()).toEqual([]);
    await fire("0 3 * * *", NOW);
    await expectExactly(sessions);
    expect((await runs())[0]).toMatchObject({
      started_at: NOW,
      finished_at: expect.any(Number),
      objects_deleted: 100,
    });
  });
});

describe("/analytics/storage", () => {
  interface Storage {
    days: { day: string; objects: number; bytes: number; complete: boolean; counted_at: number }[];
    objects: number;
    bytes: number;
  }
  const storage = async (from: number, to: number): Promise<Storage> =>
    (await read<{ data: Storage }>(`/analytics/storage?from=${from}&to=${to}`)).data;

  it("has objects and bytes by day, counted now or by last night's run", async () => {
    await place([NOW - 10 * DAY, NOW - 10 * DAY, NOW - 9 * DAY, NOW - DAY], 3, 1);
    const range = [NOW - 20 * DAY, NOW + DAY] as const;
    const counted = await storage(...range);
    expect(counted.days.map(({ day, objects, bytes, complete }) => ({ day, objects, bytes, complete }))).toEqual([
      { day: dayOf(NOW - 10 * DAY), objects: 6, bytes: 12, complete: true },
      { day: dayOf(NOW - 9 * DAY), objects: 3, bytes: 6, complete: true },
      { day: dayOf(NOW - DAY), objects: 3, bytes: 6, complete: true },
    ]);
    expect(counted).toMatchObject({ objects: 12, bytes: 24 });
    await runToEnd(SMALL);
    // Closed days come from the run's count, open ones are counted again.
    await place([NOW - 10 * DAY, NOW - DAY], 1, 1);
    const later = await storage(...range);
    expect(later.days.map(({ objects }) => objects)).toEqual([6, 3, 4]);
    expect(later.days[0]?.counted_at).toBe(NOW);
  });

  it.each(["from=1&to=0", "from=0&to=9999999999999999", "from=2020-01-01&to=2031-01-01", "day=2031-01-01"])(
    "is 400 for ?%s",
    async (query) => {
      await problemOf(await ask(`/analytics/storage?${query}`, { headers: KEY }), "invalid_query");
    },
  );
});

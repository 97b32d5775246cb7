import { createScheduledController, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SessionActor } from "../../durable/session/actor";
import type { Env } from "../../src/bindings";
import worker from "../../src/index";
import { STALE_AGES_MS } from "../../src/limits";
import { createLogger, type LogLevel } from "../../src/ops/logger";
import { STALE_MAX_WAKES } from "../../src/ops/wake-stale";
import { alarm, alarmAt, callOf, evict, KEY, PAGE, someEvents, stubOf } from "../support/visit";
import { BATCH, batchOf, flushed, later, newId, taken } from "./helpers";

interface Line {
  level: LogLevel;
  time: string;
  event: string;
  request_id?: string;
  session_id?: string;
  [field: string]: unknown;
}

const METHODS = ["debug", "info", "warn", "error", "log"] as const;
let written: string[] = [];

beforeEach(() => {
  written = [];
  for (const method of METHODS) {
    vi.spyOn(console, method).mockImplementation((...args: unknown[]) => {
      written.push(args.map(String).join(" "));
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** What was written, each line checked to be one object of the agreed shape. */
function lines(): Line[] {
  return written.map((text) => {
    expect(text).not.toContain("\n");
    const line = JSON.parse(text) as Line;
    expect(["debug", "info", "warn", "error"]).toContain(line.level);
    expect(new Date(line.time).toISOString()).toBe(line.time);
    expect(line.event).toMatch(/^[a-z_]+$/);
    expect(line.request_id ?? line.session_id).toMatch(/\S/);
    return line;
  });
}

const chatty = { ...env, LOG_LEVEL: "debug" } as unknown as Env;

function ask(path: string, init: RequestInit = {}, changes: Partial<Env> = {}): Promise<Response> {
  const headers = new Headers({ "CF-Connecting-IP": SECRET.ip, "Content-Type": "application/json" });
  for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
  const request = new Request(`https://pulsegate.example${path}`, { ...init, headers });
  return worker.fetch(request as Parameters<typeof worker.fetch>[0], { ...chatty, ...changes });
}

/** What may stand in no line. */
const SECRET = {
  ip: "198.51.100.99",
  network: "198.51.100",
  visitor: "visitor-in-payload",
  element: "element-in-payload",
  page: "secret-page-in-payload",
  key: "pulsegate-development-key",
  wrongKey: "a-wrong-key",
  sessionKey: "session-key-in-payload",
  visitorSecret: "visitor-secret-in-payload-of-32-characters",
};

const expectNoSecrets = (): void => {
  for (const secret of Object.values(SECRET)) expect(written.join("\n")).not.toContain(secret);
};

const secretBatch = (session_id: string, more: object = {}): string =>
  JSON.stringify(
    batchOf(session_id, {
      start: {
        page: `${PAGE}/${SECRET.page}`,
        visitor_id: SECRET.visitor,
        session_key: SECRET.sessionKey,
        visitor_secret: SECRET.visitorSecret,
      },
      events: [{ event_type: "click", element: SECRET.element, page: `${PAGE}/${SECRET.page}` }],
      ...more,
    }),
  );

describe("a line of the Worker", () => {
  it("is one JSON object with a request id, for good requests and bad ones, and names no one", async () => {
    const method = "POST";
    await ask(BATCH, { method, body: secretBatch(newId()) });
    await ask(BATCH, { method, body: `{"${SECRET.element}` });
    await ask(BATCH, { method, body: secretBatch(newId(), { first: "x", stream: SECRET.element }) });
    await ask(`/analytics/sessions?visitor_id=${SECRET.visitor}`, { headers: KEY });
    await ask(`/analytics/sessions?wrong=${SECRET.visitor}`, { headers: KEY });
    await ask("/analytics/sessions", { headers: { "X-API-Key": SECRET.wrongKey } });
    await ask(`/analytics/sites/default`, { method: "PUT", headers: KEY, body: `{"x":"${SECRET.element}"}` });
    await ask("/nothing/here");
    const all = lines();
    expect(all.filter(({ event }) => event === "request").map(({ status }) => status)).toEqual([
      200, 400, 400, 200, 400, 401, 400, 404,
    ]);
    expect(new Set(all.map(({ request_id }) => request_id)).size).toBe(8);
    expectNoSecrets();
  });

  it("carries the edge's own request id", async () => {
    await ask("/health", { headers: { "CF-Ray": "8f2a1b-FRA" } });
    expect(lines()).toEqual([expect.objectContaining({ event: "request", request_id: "8f2a1b-FRA", path: "/health" })]);
  });

  it("says of an unexpected failure what it was, and the answer does not", async () => {
    const broken = {
      prepare: () => {
        throw new Error("SQLITE_ERROR: no such table: secrets");
      },
    };
    const response = await ask("/analytics/sessions", { headers: KEY }, { DB: broken as unknown as D1Database });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ code: "internal", status: 500 });
    expect(text).not.toMatch(/SQLITE|secrets|DB/);
    expect(lines().find(({ level }) => level === "error")).toMatchObject({
      event: "unhandled",
      error: "Error: SQLITE_ERROR: no such table: secrets",
    });
  });

  it("says of a database that fails that it will pass, and the caller is told to come again", async () => {
    const down = {
      prepare: () => {
        throw new Error("D1_ERROR: Network connection lost.");
      },
    };
    const response = await ask("/analytics/sessions", { headers: KEY }, { DB: down as unknown as D1Database });
    expect(response.status).toBe(503);
    expect(response.headers.get("Retry-After")).toBe("2");
    expect(await response.json()).toMatchObject({ code: "unavailable" });
  });

  it("says which actor could not be reached, and the caller is told to come again", async () => {
    const dead = { getByName: () => ({ track: () => Promise.reject(new Error("actor is gone")) }) };
    const session_id = newId();
    const SESSION = dead as unknown as Env["SESSION"];
    const response = await ask(BATCH, { method: "POST", body: secretBatch(session_id) }, { SESSION });
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(lines()).toContainEqual(expect.objectContaining({ level: "warn", event: "actor_failed", session_id }));
    expectNoSecrets();
  });

  it("is left out below LOG_LEVEL", async () => {
    await ask("/health", {}, { LOG_LEVEL: "warn" });
    await ask(BATCH, { method: "POST", body: "{" }, { LOG_LEVEL: "warn" });
    expect(written).toEqual([]);
    await ask(BATCH, { method: "POST", body: "{" }, { LOG_LEVEL: "info" });
    expect(lines().map(({ level }) => level)).toEqual(["info"]);
  });
});

describe("the logger", () => {
  it.each([
    ["debug", 4],
    ["info", 3],
    ["warn", 2],
    ["error", 1],
    ["loud", 3],
    [undefined, 3],
  ])("at level %s writes %i of the four kinds", (level, count) => {
    const log = createLogger(level, { request_id: "r" });
    for (const kind of ["debug", "info", "warn", "error"] as const) log[kind]("something", { count: 1 });
    expect(lines()).toHaveLength(count);
  });

  it("keeps a line whole whatever a field holds", () => {
    createLogger("info", { request_id: "r" }).info("odd", { text: 'a\n"b"\u2028{}' });
    expect(lines()[0]).toMatchObject({ text: 'a\n"b"\u2028{}' });
  });
});

describe("a line of the actor and its alarm", () => {
  /** The session's work done by a production actor on the same storage that writes at every level. */
  const act = (session_id: string, work: (actor: SessionActor) => Promise<void>): Promise<void> =>
    runInDurableObject(stubOf(session_id), (_, state) => work(new SessionActor(state, chatty)));

  const call = (session_id: string) =>
    callOf(session_id, {
      ip: `${SECRET.network}.0/24`,
      start: { page: `${PAGE}/${SECRET.page}`, visitor_id: SECRET.visitor },
      events: someEvents(3).map((event) => ({ ...event, element: SECRET.element })),
      end: true,
    });

  it("is one JSON object with the session's id, for a flush that goes well", async () => {
    const session_id = newId();
    await act(session_id, async (actor) => {
      actor.track(call(session_id));
      await actor.alarm();
    });
    expect(lines().map(({ event, session_id: id, store }) => ({ event, id, store }))).toEqual([
      { event: "flushed", id: session_id, store: "d1" },
      { event: "flushed", id: session_id, store: "r2" },
    ]);
    expectNoSecrets();
  });

  it("says of a flush that fails which store, how often and why", async () => {
    const session_id = newId();
    const down = () => Promise.reject(new Error("D1_ERROR: Network connection lost"));
    await runInDurableObject(stubOf(session_id), async (_, state) => {
      const DB = { prepare: env.DB.prepare.bind(env.DB), batch: down } as unknown as D1Database;
      const actor = new SessionActor(state, { ...chatty, DB });
      actor.track(call(session_id));
      await actor.alarm();
    });
    expect(lines()).toContainEqual(
      expect.objectContaining({
        level: "warn",
        event: "flush_failed",
        session_id,
        store: "d1",
        attempts: 1,
        error: "Error: D1_ERROR: Network connection lost",
      }),
    );
    expectNoSecrets();
  });

  it("says that an erasure failed, and not what was to be erased", async () => {
    const session_id = newId();
    const put = (body: object) => taken(batchOf(session_id, body));
    await put({ start: { page: PAGE, visitor_id: SECRET.visitor } });
    await flushed(session_id);
    const bucket = {
      list: () => Promise.reject(new Error("list failed")),
      put: env.TRACKING_R2.put.bind(env.TRACKING_R2),
    };
    await runInDurableObject(stubOf(session_id), async (_, state) => {
      const actor = new SessionActor(state, { ...chatty, TRACKING_R2: bucket as unknown as R2Bucket });
      actor.track(callOf(session_id, { start: { consent: "denied" } }));
      await later(10_000, () => actor.alarm());
    });
    expect(lines()).toContainEqual(expect.objectContaining({ level: "warn", event: "erase_failed", session_id }));
    expectNoSecrets();
  });
});

describe("the cron", () => {
  const run = (): Promise<void> => {
    const controller = createScheduledController({ scheduledTime: Date.now(), cron: "*/5 * * * *" });
    return Promise.resolve(worker.scheduled(controller, chatty));
  };

  /** A session whose alarm is lost and whose row, `age` ms old, says neither ended nor moved. */
  async function stale(age: number): Promise<string> {
    const session_id = newId();
    await taken(batchOf(session_id));
    await flushed(session_id);
    const at = Date.now() - age - 60_000;
    await env.DB.prepare("UPDATE sessions SET started_at = ?, last_event_at = ? WHERE session_id = ?")
      .bind(at, at, session_id)
      .run();
    await runInDurableObject(stubOf(session_id), (_, state) => state.storage.deleteAlarm());
    await evict(session_id);
    await runInDurableObject(stubOf(session_id), (_, state) => state.storage.deleteAlarm());
    return session_id;
  }

  it("wakes a session whose alarm was lost, at each of the ages it looks at, and the alarm is set again", async () => {
    const ids: string[] = [];
    for (const age of STALE_AGES_MS) ids.push(await stale(age));
    for (const id of ids) expect(await alarmAt(id)).toBeNull();
    written = [];
    await run();
    expect(await Promise.all(ids.map(alarmAt))).toEqual(ids.map(() => expect.any(Number)));
    expect(lines()).toContainEqual(
      expect.objectContaining({ level: "info", event: "cron", cron: "*/5 * * * *", woken: ids.length }),
    );
    // And so the session ends by itself.
    const [id = ""] = ids;
    expect(await alarm(id)).toBe(true);
  });

  it("sets the alarm again also where the actor is still in memory", async () => {
    const id = await stale(STALE_AGES_MS[0] ?? 0);
    await stubOf(id).live();
    await runInDurableObject(stubOf(id), (_, state) => state.storage.deleteAlarm());
    expect(await alarmAt(id)).toBeNull();
    await run();
    expect(await alarmAt(id)).toEqual(expect.any(Number));
  });

  it("leaves alone a session that ended, that moved, or that is of another age", async () => {
    const ended = await stale(STALE_AGES_MS[0] ?? 0);
    await env.DB.prepare("UPDATE sessions SET ended_at = 1 WHERE session_id = ?").bind(ended).run();
    const moved = await stale(STALE_AGES_MS[0] ?? 0);
    await env.DB.prepare("UPDATE sessions SET last_event_at = ? WHERE session_id = ?").bind(Date.now(), moved).run();
    const young = await stale(60_000);
    await run();
    for (const id of [ended, moved, young]) expect(await alarmAt(id)).toBeNull();
    expect(lines()).toContainEqual(expect.objectContaining({ event: "cron" }));
  });

  it("goes on when one session cannot be woken, and says which", async () => {
    const ids = [await stale(STALE_AGES_MS[1] ?? 0), await stale(STALE_AGES_MS[1] ?? 0)];
    expect(ids.length).toBeLessThan(STALE_MAX_WAKES);
    const [bad] = ids;
    const getByName = (name: string) =>
      name === bad ? { wake: () => Promise.reject(new Error("broken")) } : env.SESSION.getByName(name);
    const controller = createScheduledController({ scheduledTime: Date.now(), cron: "*/5 * * * *" });
    await worker.scheduled(controller, { ...chatty, SESSION: { getByName } as unknown as Env["SESSION"] });
    expect(await alarmAt(ids[1] ?? "")).toEqual(expect.any(Number));
    expect(lines()).toContainEqual(expect.objectContaining({ level: "warn", event: "wake_failed", session_id: bad }));
  });

  it("says so and fails when D1 cannot be asked", async () => {
    const DB = {
      prepare: () => {
        throw new Error("D1 is away");
      },
    } as unknown as D1Database;
    const controller = createScheduledController({ scheduledTime: Date.now(), cron: "*/5 * * * *" });
    const jobs = ["database", "rollup", "leads", "wake", "retention"];
    await expect(worker.scheduled(controller, { ...chatty, DB })).rejects.toThrow(`failed: ${jobs.join(", ")}`);
    expect(lines().filter(({ level }) => level === "error")).toEqual(
      jobs.map((job) =>
        expect.objectContaining({ level: "error", event: "cron_failed", job, error: "Error: D1 is away" }),
      ),
    );
  });
});

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import type { Refused, TakenCall, TrackResult } from "../../src/core/session/calls/result";
import type { TrackCall } from "../../src/core/session/calls/track-call";
import type { Entry, EventEntry } from "../../src/core/session/entry";
import type { Progress } from "../../src/core/session/progress";
import type { Live } from "../../src/core/session/view";
import type { EventInput } from "../../src/protocol/events";

/** Builders and look-ups for tests that call a session's actor. */

export const PAGE = "https://shop.example/pricing";

export const stubOf = (id: string) => env.SESSION.getByName(id);

export const someEvents = (count: number, event_type = "click"): EventInput[] =>
  Array.from({ length: count }, (_, i) => ({ event_type, page: PAGE, data: { i } }));

interface CallOptions {
  stream?: string | null;
  first?: number;
  events?: EventInput[];
  start?: boolean | Partial<NonNullable<TrackCall["start"]>>;
  end?: boolean;
  site?: string;
  gpc?: boolean;
  key_hash?: string | null;
  ip?: string | null;
  gone?: [number, number][];
  /** Its events have no rows in D1. */
  events_in?: "archive";
}

/** A call as the Worker would make it, with a start unless told otherwise. */
export function callOf(session_id: string, options: CallOptions = {}): TrackCall {
  const { stream = "s1", first = 1, events, start = true, end = false, site = "default", gpc = false } = options;
  return {
    v: 1,
    session_id,
    site,
    gpc,
    default_consent: "granted",
    network: {
      ip: options.ip === undefined ? "203.0.113.0/24" : options.ip,
      asn: 64500,
      country: "DE",
      region: null,
      timezone: "Europe/Berlin",
      colo: "FRA",
      protocol: "HTTP/2",
    },
    key_hash: options.key_hash ?? null,
    device_id: start ? "d".repeat(32) : null,
    start: start ? { page: PAGE, visitor_id: "visitor-1", ...(start === true ? {} : start) } : null,
    batch: events
      ? {
          session_id,
          ...(stream !== null && { stream, first }),
          ...(options.gone && { gone: options.gone }),
          events,
          rejected: [],
        }
      : null,
    end: end ? {} : null,
    ...(options.events_in && { events_in: options.events_in }),
  };
}

export const track = async (call: TrackCall): Promise<TrackResult> =>
  (await stubOf(call.session_id).track(call)) as TrackResult;

export async function take(call: TrackCall): Promise<TakenCall> {
  const result = await track(call);
  if (!result.ok) throw new Error(`${result.code}: ${result.detail}`);
  return result;
}

export async function refuse(call: TrackCall): Promise<Refused> {
  const result = await track(call);
  if (result.ok) throw new Error("the call was taken");
  return result;
}

export async function liveOf(id: string): Promise<Live | null> {
  const text = await stubOf(id).live();
  return text === null ? null : (JSON.parse(text) as Live);
}

/** The parts of a live view that do not depend on when it was asked for, or by which instance. */
export async function stateOf(id: string) {
  const live = await liveOf(id);
  if (!live) throw new Error("no such session");
  const { actor: _, timestamp: __, velocity: ___, unflushed: ____, ...state } = live;
  return state;
}

/** Waits until the identity actors' answer is in the session's journal. Nobody knows when it comes. */
export async function identified(id: string): Promise<void> {
  for (let i = 0; i < 1_500; i++) {
    if ((await liveOf(id))?.identity) return;
    await scheduler.wait(10);
  }
  throw new Error("no identity actor answers");
}

/** Runs the session's alarm now; false when none is set. */
export const alarm = (id: string): Promise<boolean> => runDurableObjectAlarm(stubOf(id));

/** Runs alarms, those that fire by themselves too, until both stores have everything: R2 lags while a session is open. */
export const drain = (id: string): Promise<void> => runUntil(id, ({ actor }) => actor.journal_depth === 0);

/** Runs alarms until D1 has everything. */
export const inserted = (id: string): Promise<void> =>
  runUntil(id, ({ actor, last_seq }) => actor.watermarks.d1 === last_seq);

async function runUntil(id: string, isDone: (live: Live) => boolean): Promise<void> {
  // Past the 3 s after which a first flush is due.
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await scheduler.wait(10)) {
    const live = await liveOf(id);
    if (!live || (live.events > 0 && isDone(live))) return;
    await alarm(id);
  }
  throw new Error("the journal does not drain");
}

export const alarmAt = (id: string): Promise<number | null> =>
  runInDurableObject(stubOf(id), (_, state) => state.storage.getAlarm());

/** The session's instance loses its memory, as by an eviction; the next call makes a new one from its SQLite. */
export async function evict(id: string): Promise<void> {
  // The call that aborts is aborted with the rest.
  await runInDurableObject(stubOf(id), (_, state) => state.abort("evicted by the test")).catch(() => {});
}

export const tablesOf = (id: string): Promise<string[]> =>
  runInDurableObject(stubOf(id), (_, state) =>
    [...state.storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")]
      .map((row) => row.name)
      .filter((name) => !name.startsWith("_")),
  );

/** The journal as it is on disk. */
export const journalOf = (id: string): Promise<Entry[]> =>
  runInDurableObject(stubOf(id), (_, state) =>
    [...state.storage.sql.exec<{ body: string }>("SELECT body FROM journal WHERE lo > 0 ORDER BY lo")].flatMap(
      (row) => JSON.parse(`[${row.body}]`) as Entry[],
    ),
  );

/** How far a flush has come, as it is on disk. */
export const progressOf = (id: string): Promise<Progress> =>
  runInDurableObject(stubOf(id), (_, state) =>
    JSON.parse(
      state.storage.sql.exec<{ progress: string }>("SELECT progress FROM journal WHERE lo = 0").one().progress,
    ),
  );

/** `stream/number` of a session's events, in D1, in the order of their seq. */
export async function inD1(id: string): Promise<string[]> {
  const query = "SELECT stream, number FROM events WHERE session_id = ? ORDER BY seq";
  const { results } = await env.DB.prepare(query).bind(id).all<{ stream: string; number: number }>();
  return results.map(({ stream, number }) => `${stream}/${number}`);
}

export const sessionRow = (id: string): Promise<Record<string, unknown> | null> =>
  env.DB.prepare("SELECT * FROM sessions WHERE session_id = ?").bind(id).first();

/** A session's R2 objects, oldest first. */
export async function objectsOf(id: string): Promise<{ key: string; text: string }[]> {
  const { objects } = await env.TRACKING_R2.list({ prefix: "sessions/" });
  const keys = objects.map((object) => object.key).filter((key) => key.includes(id));
  return Promise.all(keys.map(async (key) => ({ key, text: (await (await env.TRACKING_R2.get(key))?.text()) ?? "" })));
}

export async function entriesInR2(id: string): Promise<Entry[]> {
  const logs = (await objectsOf(id)).filter(({ key }) => key.includes("/events/"));
  return logs.flatMap(({ text }) => (JSON.parse(text) as { entries: Entry[] }).entries);
}

export const isEvent = (entry: Entry): entry is EventEntry => entry.kind === "event";

/** `stream/number` of a session's events, in R2, in the order of the log. */
export const inR2 = async (id: string): Promise<string[]> =>
  (await entriesInR2(id)).filter(isEvent).map(({ stream, number }) => `${stream}/${number}`);

export const numbered = (from: number, to: number, stream = "s1"): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${stream}/${from + i}`);

/** A request to the Worker, as a server's client sends it, from an address of its own unless one is given. */
export function ask(path: string, init: RequestInit & { ip?: string } = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (!headers.has("CF-Connecting-IP")) headers.set("CF-Connecting-IP", init.ip ?? freshAddress());
  if (!headers.has("User-Agent")) headers.set("User-Agent", "node");
  if (init.body !== undefined && !headers.has("Content-Type")) headers.set("Content-Type", "application/json");
  return exports.default.fetch(new Request(`https://pulsegate.example${path}`, { ...init, headers }));
}

export const post = (path: string, body: unknown, init: RequestInit & { ip?: string } = {}): Promise<Response> =>
  ask(path, { ...init, method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });

export const KEY = { Authorization: "Bearer pulsegate-development-key" };

let addresses = 0;
export function freshAddress(): string {
  addresses += 1;
  return `198.18.${Math.floor(addresses / 250) % 250}.${(addresses % 250) + 1}`;
}

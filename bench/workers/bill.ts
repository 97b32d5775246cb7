import { IDENTITY_FLUSH_GAP_MS, IdentityActor as ProductionIdentity } from "../../durable/identity/actor";
import { RosterActor as ProductionRoster } from "../../durable/roster/actor";
import { SessionActor as Production } from "../../durable/session/actor";
import type { Env } from "../../src/bindings";
import type { Spending } from "../../src/core/budget/spending";
import type { Sighting } from "../../src/core/identity/record";
import type { Report } from "../../src/core/roster/entry";
import type { TrackCall } from "../../src/core/session/track-call";
import { IDENTITY_TABLE } from "../../src/data/store/identity";
import worker from "../../src/index";
import { countedBucket, countedCalls, countedDatabase, countedKv, countStorage, countValues } from "./counted";
import { active, add, advanceTo, alarms, beginAt, counts } from "./simulated";

/**
 * The production Worker and actor in simulated time, with a counter on each billed operation. The clock and the alarms
 * are the driver's: `Date.now()` reads the simulated clock, `setAlarm` writes down when the driver is to call `alarm()`,
 * and an actor that is left alone for 10 s is thrown out of memory, as the platform does. Everything else is real.
 */

export { AlertActor } from "../../durable/alerts/actor";
export { BudgetActor } from "../../durable/budget/actor";
export { EndpointActor } from "../../durable/endpoint/actor";
export { EraserActor } from "../../durable/eraser/actor";
export { LeadActor } from "../../durable/lead/actor";
export { RealtimeActor } from "../../durable/realtime/actor";
export { SiteSettings } from "../../durable/site/actor";
export { SubmitActor } from "../../durable/submit/actor";

export class SessionActor extends Production {
  constructor(ctx: DurableObjectState, env: Env) {
    // Before the actor sees it: its constructor asks for the alarm.
    countStorage("session", ctx.storage, ctx.id.toString(), ["head", "journal"]);
    super(ctx, {
      ...env,
      DB: countedDatabase("session", env.DB),
      TRACKING_R2: countedBucket(env.TRACKING_R2),
      // Its counter in KV is there for whoever asks who this is.
      TRACKING_KV: countedKv("identity", env.TRACKING_KV),
    });
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    add("session", "socket_messages");
    return active("session", () => super.webSocketMessage(socket, message));
  }

  /** The driver's: the alarm is due. */
  fire(): Promise<void> {
    add("session", "alarms");
    return active("session", () => super.alarm());
  }

  /** The driver's: memory is gone. */
  evict(): void {
    this.ctx.abort("evicted");
  }
}

/** The shards of identities, in the order they were first asked: their alarms are the driver's too. */
export const identities = new Set<string>();

export class IdentityActor extends ProductionIdentity {
  constructor(ctx: DurableObjectState, env: Env) {
    // Made once for all that a shard will ever see: no session's.
    ctx.storage.sql.exec(IDENTITY_TABLE);
    countStorage("identity", ctx.storage, ctx.id.toString(), ["identities"]);
    countValues(ctx.storage);
    super(ctx, {
      ...env,
      DB: countedDatabase("identity", env.DB),
      TRACKING_KV: countedKv("identity", env.TRACKING_KV),
    });
    identities.add(ctx.id.toString());
  }

  override seen(sighting: Sighting) {
    add("identity", "object_calls");
    // It writes to D1 and KV after its answer, which is active time as well.
    add("identity", "identity_calls");
    return super.seen(sighting);
  }

  override spend(spending: Spending) {
    add("identity", "object_calls");
    return super.spend(spending);
  }

  fire(): Promise<void> {
    add("identity", "alarms");
    return active("identity", () => super.alarm());
  }

  /** For the driver: how many identities the shard has. After the last one its table is gone. */
  size(): number {
    const { sql } = this.ctx.storage;
    const has = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'identities'").toArray().length > 0;
    return has ? Number(sql.exec("SELECT count(*) AS n FROM identities").one()["n"]) : 0;
  }
}

/** What a session tells the roster is paid for like any other call of an object. */
export class RosterActor extends ProductionRoster {
  constructor(ctx: DurableObjectState, env: Env) {
    countStorage("roster", ctx.storage, ctx.id.toString(), ["seats", "totals"]);
    super(ctx, env);
  }

  override report(report: Report): void {
    add("roster", "object_calls");
    const began = performance.now();
    super.report(report);
    add("roster", "active_ms", performance.now() - began);
  }
}

const handler: ExportedHandler<Env> = worker;

interface Call {
  at: number;
  /** A request's body, or a frame on the session's socket. */
  body?: string;
  frame?: string;
  /** Opens the session's socket. */
  open?: true;
}

interface Job {
  start: number;
  sessions: { id: string; ip: string; calls: Call[] }[];
}

/** Idle and able to hibernate this long: out of memory. */
const EVICTED_AFTER_MS = 10_000;

interface Running {
  id: string;
  ip: string;
  key: string;
  calls: Call[];
  socket: WebSocket | null;
  touched: number | null;
}

const ALWAYS: RateLimit = { limit: () => Promise.resolve({ success: true }) };

/** What the Worker and the driver call of an actor. */
interface Stub {
  track(call: TrackCall): Promise<unknown>;
  fetch(request: Request): Promise<Response>;
  fire(): Promise<void>;
  evict(): Promise<void>;
}

const stubOf = (env: Env, id: string): Stub => env.SESSION.getByName(id) as unknown as Stub;

/** Every call of an actor is a billed request to it. */
export function countedEnv(env: Env): Env {
  const limits = {
    LIMIT_TRACK: ALWAYS,
    LIMIT_START: ALWAYS,
    LIMIT_SITE_STARTS: ALWAYS,
    LIMIT_LEADS: ALWAYS,
    LIMIT_SITE_LEADS: ALWAYS,
    LIMIT_API: ALWAYS,
  };
  const getByName = (id: string) => {
    const stub = stubOf(env, id);
    return {
      track: (call: TrackCall) => {
        add("session", "object_calls");
        return active("session", () => stub.track(call));
      },
      fetch: (request: Request) => {
        add("session", "object_calls");
        return stub.fetch(request);
      },
    };
  };
  const SESSION = { getByName } as unknown as Env["SESSION"];
  const SITE = countedCalls("session", env.SITE, { get: "object_calls" });
  return { ...env, ...limits, SESSION, SITE, TRACKING_KV: countedKv("session", env.TRACKING_KV) };
}

/** Runs the sessions of a job in the order of simulated time: calls, alarms and evictions of all of them interleaved. */
async function simulate(job: Job, env: Env, ctx: ExecutionContext): Promise<Record<string, number>> {
  beginAt(job.start);
  const counted = countedEnv(env);
  const running: Running[] = job.sessions.map((session) => ({
    ...session,
    key: env.SESSION.idFromName(session.id).toString(),
    socket: null,
    touched: null,
  }));
  const lastCall = Math.max(...job.sessions.map(({ calls }) => calls.at(-1)?.at ?? 0));
  for (;;) {
    let next: Running | null = null;
    let at = Number.POSITIVE_INFINITY;
    for (const one of running) {
      const due = Math.min(
        one.calls[0]?.at ?? Number.POSITIVE_INFINITY,
        alarms.get(one.key) ?? Number.POSITIVE_INFINITY,
      );
      if (due < at) {
        next = one;
        at = due;
      }
    }
    const shard = nextShard();
    if (shard && shard.at <= at) {
      await fireShard(env, shard, lastCall);
      continue;
    }
    if (!next) break;
    advanceTo(at);
    await step(next, counted, env, ctx);
  }
  return { ...counts };
}

interface Due {
  id: string;
  at: number;
}

/** The shard of identities whose alarm is the next; null: none has one. */
function nextShard(): Due | null {
  let next: Due | null = null;
  for (const id of identities) {
    const at = alarms.get(id);
    if (at !== undefined && (next === null || at < next.at)) next = { id, at };
  }
  return next;
}

/** What a shard does a few times a day, whatever it sees. */
const BY_THE_DAY = ["alarms", "set_alarms", "object_rows_written"];

/**
 * A shard's alarm: soon after a call it writes what waits. Later it looks through its table, for what is too old after two days
 * or three months: those rows are the sessions', but how often it looks is a matter of days, and a run is of minutes.
 */
async function fireShard(env: Env, { id, at }: Due, lastCall: number): Promise<void> {
  alarms.delete(id);
  advanceTo(at);
  const stub = env.IDENTITY.get(env.IDENTITY.idFromString(id)) as unknown as Pick<Stub, "fire"> & {
    size(): Promise<number>;
  };
  const before = { ...counts };
  const size = await stub.size();
  await stub.fire();
  if (at <= lastCall + IDENTITY_FLUSH_GAP_MS) return;
  for (const name of BY_THE_DAY) counts[`identity:${name}`] = before[`identity:${name}`] ?? 0;
  add("identity", "object_rows_written", size - (await stub.size()));
}

async function step(one: Running, counted: Env, env: Env, ctx: ExecutionContext): Promise<void> {
  if (one.touched !== null && Date.now() - one.touched >= EVICTED_AFTER_MS && !one.socket) {
    add("session", "evictions");
    // The call that throws an actor out fails with it.
    await stubOf(env, one.id)
      .evict()
      .catch(() => {});
  }
  one.touched = Date.now();
  const alarm = alarms.get(one.key);
  if (alarm !== undefined && alarm <= Date.now()) {
    alarms.delete(one.key);
    return stubOf(env, one.id).fire();
  }
  const call = one.calls.shift();
  if (!call) return;
  const send = async (url: string, init: object) => {
    add("session", "requests");
    const request = new Request<unknown, IncomingRequestCfProperties>(
      `https://bench${url}`,
      init as RequestInit<IncomingRequestCfProperties>,
    );
    return handler.fetch?.(request, counted, ctx) ?? new Response(null, { status: 500 });
  };
  const headers = { Origin: "https://shop.example", "CF-Connecting-IP": one.ip, "Content-Type": "text/plain" };
  if (call.open) {
    const response = await send(`/track/socket?session_id=${one.id}`, {
      headers: { ...headers, Upgrade: "websocket" },
    });
    if (!response.webSocket) throw new Error(`no socket: ${response.status} ${await response.text()}`);
    one.socket = response.webSocket;
    one.socket.accept();
  } else if (call.frame !== undefined) {
    const { socket } = one;
    if (!socket) throw new Error("no socket");
    const reply = new Promise<string>((done) => {
      socket.addEventListener("message", ({ data }) => done(String(data)), { once: true });
    });
    socket.send(call.frame);
    const text = await reply;
    if (!text.includes('"ack"')) throw new Error(text);
    if (one.calls.length === 0) {
      socket.close(1000);
      one.socket = null;
    }
  } else {
    const response = await send("/track/events/batch", { method: "POST", headers, body: call.body ?? "" });
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    await response.body?.cancel();
  }
}

export default {
  async fetch(request, env, ctx) {
    try {
      return Response.json(await simulate(await request.json<Job>(), env, ctx));
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error), { status: 500 });
    }
  },
} satisfies ExportedHandler<Env>;

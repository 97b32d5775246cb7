import { IDENTITY_FLUSH_GAP_MS } from "../../durable/identity/actor";
import type { Env } from "../../src/bindings";
import worker from "../../src/index";
import { saveSettings } from "../../src/ops/site-settings";
import { SiteInput, type SiteSettings } from "../../src/protocol/site";
import { DEFAULT_SITE } from "../../src/protocol/values";
import { countedEnv, identities, type Stub, stubOf } from "./bill-actors";
import { add, advanceTo, alarms, beginAt, counts } from "./simulated";

/**
 * The production Worker and actor in simulated time, with a counter on each billed operation. The clock and the alarms
 * are the driver's: `Date.now()` reads the simulated clock, `setAlarm` writes down when the driver is to call `alarm()`,
 * and an actor that is left alone for 10 s is thrown out of memory, as the platform does. Everything else is real.
 */

export {
  AlertActor,
  BudgetActor,
  EndpointActor,
  EraserActor,
  IdentityActor,
  LeadActor,
  RealtimeActor,
  RosterActor,
  SessionActor,
  SiteSettings,
  SubmitActor,
} from "./bill-actors";

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
  settings: Pick<SiteSettings, "events" | "kv">;
  sessions: { id: string; ip: string; calls: Call[] }[];
}

/** An actor that is idle and able to hibernate for this long is thrown out of memory. */
const EVICTED_AFTER_MS = 10_000;

interface Running {
  id: string;
  ip: string;
  key: string;
  calls: Call[];
  socket: WebSocket | null;
  touched: number | null;
}

/** Runs the sessions of a job in the order of simulated time: calls, alarms and evictions of all of them interleaved. */
async function simulate(job: Job, env: Env, ctx: ExecutionContext): Promise<Record<string, number>> {
  beginAt(job.start);
  await saveSettings(env, DEFAULT_SITE, SiteInput.parse({ allowed_origins: ["*"], ...job.settings }));
  const counted = countedEnv(env);
  const running: Running[] = job.sessions.map((session) => ({
    ...session,
    key: env.SESSION.idFromName(session.id).toString(),
    socket: null,
    touched: null,
  }));
  const called = job.sessions.flatMap(({ calls }) => calls.map(({ at }) => at)).sort((a, b) => a - b);
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
      await fireShard(env, shard, called);
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

/** The shard of identities whose alarm is next; null if none has one. */
function nextShard(): Due | null {
  let next: Due | null = null;
  for (const id of identities) {
    const at = alarms.get(id);
    if (at !== undefined && (next === null || at < next.at)) next = { id, at };
  }
  return next;
}

/** Counts of what a shard does a few times a day, whatever it sees. */
const BY_THE_DAY = ["alarms", "set_alarms", "object_rows_written"];

/**
 * Rings a shard's alarm. Soon after a call it writes what waits. Later it looks through its table, for what is too old after two
 * days or three months. Those rows are charged to the sessions. How often it looks is not: that is a matter of days, and a run
 * takes minutes.
 */
async function fireShard(env: Env, { id, at }: Due, called: readonly number[]): Promise<void> {
  alarms.delete(id);
  advanceTo(at);
  const stub = env.IDENTITY.get(env.IDENTITY.idFromString(id)) as unknown as Pick<Stub, "fire"> & {
    size(): Promise<number>;
  };
  const before = { ...counts };
  const size = await stub.size();
  await stub.fire();
  const last = called.findLast((call) => call <= at) ?? 0;
  if (at <= last + IDENTITY_FLUSH_GAP_MS) return;
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

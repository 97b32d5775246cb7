// What sessions of 100 events cost: runs them in simulated time with every billed operation counted.
import { buildOwn } from "../lib/build.ts";
import { type Server, start } from "../lib/server.ts";
import { EVENT_GAP_MS } from "../load/mix.ts";
import { batch, newSession } from "../load/session.ts";
import type { Counts } from "../prices.ts";

/** One session every 8.64 s: 10,000 a day. */
const ARRIVAL_MS = 8_640;
const BASE = Date.UTC(2026, 0, 5, 8);
/** A visitor who returns does so after this: past the 24 hours in which identities are counted. */
const RETURN_MS = 3 * 86_400_000;
/** Sessions a request. The driver searches all of them for the next call or alarm, so they are few. */
const JOB = 100;
/**
 * One machine cannot measure these, so they are assumed: a Worker's CPU for a request, well above what a batch takes here,
 * and the time an object waits for D1 and R2, which is billed as active time.
 */
const WORKER_CPU_MS = 1;
const OUTSIDE_WAIT_MS = 150;

/** Calls and alarms in which an object waits for D1, R2 or KV. */
const WAITS = [
  ["session", "alarms"],
  ["identity", "alarms"],
  ["identity", "identity_calls"],
] as const;

/** What a site keeps where. */
export interface Kept {
  events: "database" | "archive";
  kv: "all" | "notable";
}

export interface BillShape {
  name: string;
  transport: "http" | "ws";
  /** Events a batch or frame. */
  size: number;
  /** Events a session. */
  length: number;
  /** `end`: as a page says it. `idle`: it says nothing, and the session ends by itself. */
  ends: "end" | "idle";
  /** Share of the sessions that are a visitor's second, 0 to 0.5. */
  returning: number;
  kept: Kept;
}

const USUAL: Pick<BillShape, "ends" | "returning" | "kept"> = {
  ends: "end",
  returning: 0,
  kept: { events: "database", kv: "all" },
};

export const BILL_SHAPES: Record<"batches" | "frames", BillShape> = {
  batches: {
    name: "10 events a batch over HTTP, one batch every 12 s",
    transport: "http",
    size: 10,
    length: 100,
    ...USUAL,
  },
  frames: {
    name: "one event a frame over WebSocket, one frame every 1.2 s",
    transport: "ws",
    size: 1,
    length: 100,
    ...USUAL,
  },
};

/** Counts per session of a shape, by part and name. */
export async function countSessions(shape: BillShape, sessions: number): Promise<Counts> {
  const { transport, size, length, ends, kept } = shape;
  // A folder of its own for each shape: what another has left would be counted too.
  const server = await start(`bill-${transport}-${size}-${length}-${ends}-${kept.events}-${kept.kv}`, {
    dist: await buildOwn("bill"),
    objects: "project",
    bindings: { LOG_LEVEL: "error" },
  });
  const empty = await server.databaseBytes();
  try {
    const total: Counts = {};
    let at = BASE;
    for (let done = 0; done < sessions; done += JOB) {
      const job = {
        start: at,
        settings: shape.kept,
        sessions: visits(shape, at, done, Math.min(JOB, sessions - done)),
      };
      const response = await fetch(`http://127.0.0.1:${server.port}/`, { method: "POST", body: JSON.stringify(job) });
      if (!response.ok) throw new Error(await response.text());
      const counts = (await response.json()) as Counts;
      for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count / sessions;
      // The next job begins after the last alarm of this one that counts.
      at += 10 * 86_400_000;
    }
    await checkRows(server, shape.kept.events === "archive" ? 0 : sessions * shape.length);
    // A session's own row, and the rows and index entries of its events.
    return { ...withStated(total), "session:d1_bytes": ((await server.databaseBytes()) - empty) / sessions };
  } finally {
    await server.kill();
  }
}

/** Adds the assumed CPU and waits. */
export function withStated(counts: Counts): Counts {
  const all: Counts = { ...counts, "session:worker_cpu_ms": (counts["session:requests"] ?? 0) * WORKER_CPU_MS };
  for (const [part, name] of WAITS) {
    const waits = counts[`${part}:${name}`] ?? 0;
    all[`${part}:active_ms`] = (counts[`${part}:active_ms`] ?? 0) + waits * OUTSIDE_WAIT_MS;
  }
  return all;
}

/** Counts per session of the stateless design, for sessions of the same batches. */
export async function countStateless({ size, length }: BillShape, sessions: number): Promise<Counts> {
  const server = await start("bill-stateless", { dist: await buildOwn("stateless"), objects: {} });
  try {
    const total: Counts = {
      "stateless:requests": length / size,
      "stateless:worker_cpu_ms": (length / size) * WORKER_CPU_MS,
    };
    for (let n = 0; n < sessions; n++) {
      const session = newSession();
      for (let position = 0; position < length; position += size) {
        const body = `{${batch(session, { position, count: size, total: length })}}`;
        const response = await fetch(`http://127.0.0.1:${server.port}/`, { method: "POST", body });
        const { counts } = (await response.json()) as { counts: Counts };
        for (const [name, count] of Object.entries(counts)) {
          total[`stateless:${name}`] = (total[`stateless:${name}`] ?? 0) + count / sessions;
        }
      }
    }
    return total;
  } finally {
    await server.kill();
  }
}

/** Visits one after the other; those of visitors who return begin three days after their first. */
function visits(shape: BillShape, at: number, done: number, count: number) {
  const first = count - Math.round(count * shape.returning);
  return Array.from({ length: count }, (_, i) => {
    const who = done + (i < first ? i : i - first);
    const due = i < first ? at + i * ARRIVAL_MS : at + RETURN_MS + (i - first) * ARRIVAL_MS;
    return play(shape, due, who);
  });
}

/** `who`: the number of the visitor. */
function play({ transport, size, length, ends }: BillShape, at: number, who: number) {
  const session = { ...newSession(), visitor: `v-${who}`, fingerprint: `f-${who}` };
  const total = ends === "end" ? length : Number.POSITIVE_INFINITY;
  const calls: { at: number; body?: string; frame?: string; open?: true }[] =
    transport === "ws" ? [{ at, open: true }] : [];
  for (let position = 0; position < length; position += size) {
    const text = batch(session, { position, count: size, total });
    const due = at + (position + size) * EVENT_GAP_MS;
    calls.push(
      transport === "ws"
        ? { at: due, frame: `{"t":"events","id":${position},${text}}` }
        : { at: due, body: `{${text}}` },
    );
  }
  // Each visitor has a network of its own, so no two share the write of an address's counter.
  return { id: session.id, ip: `${20 + (who >> 16)}.${(who >> 8) % 256}.${who % 256}.7`, calls };
}

/** Throws if an event that the bill counts is not in D1. */
async function checkRows(server: Server, wanted: number) {
  const [row] = await server.sql("SELECT count(*) AS n FROM events");
  if (row?.["n"] !== wanted) throw new Error(`${row?.["n"]} of ${wanted} events are in D1`);
}

// @ts-check
// What sessions of 100 events cost: runs them in simulated time with every billed operation counted.
import { buildOwn } from "../lib/build.mjs";
import { start } from "../lib/server.mjs";
import { EVENT_GAP_MS } from "../load/mix.mjs";
import { batch, newSession } from "../load/session.mjs";

/** One session every 8.64 s: 10,000 a day. */
const ARRIVAL_MS = 8_640;
const BASE = Date.UTC(2026, 0, 5, 8);
/** Sessions a request: their alarms of a day later included, and few enough that the driver's search stays short. */
const JOB = 100;
/**
 * Not to be measured on one machine, so stated: a Worker's CPU for a request, well above what a batch takes here all
 * together, and the time an object waits for D1 and R2, which is active time.
 */
const WORKER_CPU_MS = 1;
const OUTSIDE_WAIT_MS = 150;

/** What an object waits for: it writes to D1, R2 or KV. */
const WAITS = /** @type {const} */ ([
  ["session", "alarms"],
  ["identity", "alarms"],
  ["identity", "identity_calls"],
]);

/**
 * @typedef {object} BillShape
 * @property {string} name
 * @property {"http" | "ws"} transport
 * @property {number} size  Events a batch or frame.
 * @property {number} length  Events a session.
 */

/** @type {Record<"batches" | "frames", BillShape>} */
export const BILL_SHAPES = {
  batches: { name: "10 events a batch over HTTP, one batch every 12 s", transport: "http", size: 10, length: 100 },
  frames: { name: "one event a frame over WebSocket, one frame every 1.2 s", transport: "ws", size: 1, length: 100 },
};

/** @typedef {import("../prices.mjs").Counts} Counts */

/**
 * Counts per session of a shape, by part and name.
 * @param {BillShape} shape @param {number} sessions
 * @returns {Promise<Counts>}
 */
export async function countSessions(shape, sessions) {
  const server = await start(`bill-${shape.transport}-${shape.size}-${shape.length}`, {
    dist: await buildOwn("bill"),
    objects: "project",
    bindings: { LOG_LEVEL: "error" },
  });
  const empty = await server.databaseBytes();
  try {
    /** @type {Counts} */
    const total = {};
    let at = BASE;
    for (let done = 0; done < sessions; done += JOB) {
      const job = {
        start: at,
        sessions: Array.from({ length: Math.min(JOB, sessions - done) }, (_, i) =>
          play(shape, at + i * ARRIVAL_MS, done + i),
        ),
      };
      const response = await fetch(`http://127.0.0.1:${server.port}/`, { method: "POST", body: JSON.stringify(job) });
      if (!response.ok) throw new Error(await response.text());
      const counts = /** @type {Counts} */ (await response.json());
      for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count / sessions;
      // The next job begins after the last alarm of this one.
      at += 3 * 86_400_000;
    }
    await checkRows(server, sessions * shape.length);
    // Rows and index entries of its events, and its own row.
    return { ...withStated(total), "session:d1_bytes": ((await server.databaseBytes()) - empty) / sessions };
  } finally {
    await server.kill();
  }
}

/** With what cannot be measured on one machine. @param {Counts} counts @returns {Counts} */
export function withStated(counts) {
  /** @type {Counts} */
  const all = { ...counts, "session:worker_cpu_ms": (counts["session:requests"] ?? 0) * WORKER_CPU_MS };
  for (const [part, name] of WAITS) {
    const waits = counts[`${part}:${name}`] ?? 0;
    all[`${part}:active_ms`] = (counts[`${part}:active_ms`] ?? 0) + waits * OUTSIDE_WAIT_MS;
  }
  return all;
}

/**
 * Counts per session of the stateless design, for sessions of the same batches.
 * @param {BillShape} shape @param {number} sessions
 * @returns {Promise<Counts>}
 */
export async function countStateless({ size, length }, sessions) {
  const server = await start("bill-stateless", { dist: await buildOwn("stateless"), objects: {} });
  try {
    /** @type {Counts} */
    const total = { "stateless:requests": length / size, "stateless:worker_cpu_ms": (length / size) * WORKER_CPU_MS };
    for (let n = 0; n < sessions; n++) {
      const session = newSession();
      for (let position = 0; position < length; position += size) {
        const body = `{${batch(session, position, size, length)}}`;
        const response = await fetch(`http://127.0.0.1:${server.port}/`, { method: "POST", body });
        const { counts } = /** @type {{ counts: Counts }} */ (await response.json());
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

/** @param {BillShape} shape @param {number} at @param {number} n */
function play({ transport, size, length }, at, n) {
  const session = newSession();
  /** @type {{ at: number, body?: string, frame?: string, open?: true }[]} */
  const calls = transport === "ws" ? [{ at, open: true }] : [];
  for (let position = 0; position < length; position += size) {
    const text = batch(session, position, size, length);
    const due = at + (position + size) * EVENT_GAP_MS;
    calls.push(
      transport === "ws"
        ? { at: due, frame: `{"t":"events","id":${position},${text}}` }
        : { at: due, body: `{${text}}` },
    );
  }
  // Each from a network of its own: nobody shares an address, so no counter's write is shared.
  return { id: session.id, ip: `${20 + (n >> 16)}.${(n >> 8) % 256}.${n % 256}.7`, calls };
}

/** The bill is for events that can be queried. @param {import("../lib/server.mjs").Server} server @param {number} wanted */
async function checkRows(server, wanted) {
  const [row] = await server.sql("SELECT count(*) AS n FROM events");
  if (row?.["n"] !== wanted) throw new Error(`${row?.["n"]} of ${wanted} events are in D1`);
}

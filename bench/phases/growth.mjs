// @ts-check
// Does an event cost more late in a long session? And: a restart with many sessions overdue; what a session takes.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { memory, quiet, sleep } from "../lib/process.mjs";
import { start } from "../lib/server.mjs";
import { median, quantile } from "../lib/stats.mjs";
import { closedLoop } from "../load/drive.mjs";
import { batch, newSession } from "../load/session.mjs";
import { openHttp } from "../load/wire.mjs";

const SIZE = 20;
/** The mean of each window, at the 100th, 1,000th and 10,000th event. */
const WINDOWS = /** @type {const} */ ([
  { name: "1-100", from: 0, to: 100 },
  { name: "900-1,000", from: 900, to: 1_000 },
  { name: "9,000-10,000", from: 9_000, to: 10_000 },
]);
const LONGEST = 10_000;
/** Journal text at which a session flushes (FLUSH_AT_UNITS of src/limits.ts). */
const FLUSH_UNITS = 256 * 1024;

/** @typedef {{ port: number }} Port */
/** @typedef {{ session: ReturnType<typeof newSession>, wire: import("../load/wire.mjs").Wire, sent: number }} Visitor */

const subject = { objects: /** @type {const} */ ("project"), bindings: { RATE_LIMIT: "off", LOG_LEVEL: "error" } };

/** @param {string} body */
const pathOf = (body) => `/track/events/batch?session_id=${body.slice(15, 51)}`;

/**
 * @param {string} dist @param {{ sessions: number, rounds: number }} options
 */
export async function growth(dist, { sessions, rounds }) {
  const server = await start("growth", { dist, ...subject });
  try {
    await closedLoop(server.port, { transport: "http", size: SIZE, length: 1_000 }, 20);
    await quiet(server.pids);
    /** @type {Record<string, { cpu: number[], p50: number[] }>} */
    const found = Object.fromEntries(WINDOWS.map(({ name }) => [name, { cpu: [], p50: [] }]));
    for (let round = 0; round < rounds; round++) await playWindows(server, sessions, found);
    return WINDOWS.map(({ name }) => ({
      window: name,
      cpu: median(found[name]?.cpu ?? []),
      p50: median(found[name]?.p50 ?? []),
    }));
  } finally {
    await server.kill();
  }
}

/**
 * All sessions side by side, so that a window is long enough to measure. A flush falls once in about 900 events, so the
 * sessions are staggered: the first batches of each carry a filler of another length, and each window meets its share.
 * @param {import("../lib/server.mjs").Server} server @param {number} sessions
 * @param {Record<string, { cpu: number[], p50: number[] }>} found
 */
async function playWindows(server, sessions, found) {
  const visitors = await Promise.all(
    Array.from({ length: sessions }, async () => ({
      session: newSession(),
      wire: await openHttp(server.port, pathOf),
      sent: 0,
    })),
  );
  let from = 0;
  let before = await quiet(server.pids);
  for (const mark of [100, 900, 1_000, 9_000, LONGEST]) {
    if (mark === 900) await stagger(server, visitors);
    const latencies = (await Promise.all(visitors.map((visitor) => advance(visitor, mark)))).flat();
    const after = await quiet(server.pids);
    const window = WINDOWS.find((one) => one.from === from && one.to === mark);
    if (window) {
      found[window.name]?.cpu.push(((after.cpu - before.cpu) / sessions / (mark - from)) * 100_000);
      found[window.name]?.p50.push(quantile(latencies, 0.5));
    }
    from = mark;
    before = after;
  }
  for (const { wire } of visitors) wire.close();
}

/**
 * Lets the first flush go by, which is due 3 s after the first event, then gives each session a backlog of another size.
 * @param {import("../lib/server.mjs").Server} server @param {Visitor[]} visitors
 */
async function stagger(server, visitors) {
  await sleep(3_200);
  await quiet(server.pids);
  await Promise.all(
    visitors.map(async (visitor, i) => {
      const filler = Math.round((FLUSH_UNITS * (i + 0.5)) / visitors.length);
      for (let left = filler; left > 0; left -= 50_000) {
        const data = { text: "x".repeat(Math.min(left, 50_000)) };
        const event = JSON.stringify({ event_type: "custom", page: "https://shop.example/", data });
        await visitor.wire.send(`{"session_id":"${visitor.session.id}","events":[${event}]}`);
      }
    }),
  );
}

/** @param {Visitor} visitor @param {number} to @returns {Promise<number[]>} */
async function advance(visitor, to) {
  const latencies = [];
  while (visitor.sent < to) {
    const size = Math.min(SIZE, to - visitor.sent);
    const body = batch(visitor.session, visitor.sent, size, LONGEST);
    const sent = performance.now();
    await visitor.wire.send(`{${body}}`);
    latencies.push(performance.now() - sent);
    visitor.sent += size;
  }
  return latencies;
}

/**
 * Sessions whose first flush is overdue when their server comes back after a `kill -9`: how long until all are in D1.
 * @param {string} dist @param {number} sessions
 */
export async function overdue(dist, sessions) {
  const first = await start("overdue", { dist, ...subject });
  await closedLoop(first.port, { transport: "http", size: SIZE, length: 100 }, 50);
  await quiet(first.pids);
  const before = await counts(first);
  await sendOpen(first, sessions);
  const written = await counts(first);
  await first.kill();
  // The first flush is due 3 s after the first event.
  await sleep(3_500);
  const spawned = performance.now();
  const second = await start("overdue", { dist, ...subject, state: first.state });
  const ready = performance.now();
  try {
    const wanted = before.events + sessions * 10;
    while ((await counts(second)).events < wanted) {
      if (performance.now() - ready > 60_000) throw new Error("overdue sessions did not drain in 60 s");
      await sleep(50);
    }
    const drained = performance.now();
    return {
      sessions,
      overdue: sessions - (written.sessions - before.sessions),
      sinceReady: (drained - ready) / 1_000,
      sinceSpawn: (drained - spawned) / 1_000,
    };
  } finally {
    await second.kill();
  }
}

/** @param {import("../lib/server.mjs").Server} server */
async function counts(server) {
  const [row] = await server.sql("SELECT count(*) AS sessions, coalesce(sum(events), 0) AS events FROM sessions");
  return { sessions: Number(row?.["sessions"]), events: Number(row?.["events"]) };
}

/** Ten events each, and the session stays open. @param {Port} server @param {number} sessions */
async function sendOpen({ port }, sessions) {
  let left = sessions;
  const ids = /** @type {string[]} */ ([]);
  const lane = async () => {
    const wire = await openHttp(port, pathOf);
    while (left > 0) {
      left -= 1;
      const session = newSession();
      ids.push(session.id);
      await wire.send(`{${batch(session, 0, 10, 20)}}`);
    }
    wire.close();
  };
  await Promise.all(Array.from({ length: 32 }, lane));
  return ids;
}

/**
 * What an open session of 10 events holds before its first flush: memory of the server, journal text, disk.
 * @param {string} dist @param {number} sessions
 */
export async function perSession(dist, sessions) {
  const server = await start("footprint", { dist, ...subject });
  try {
    await closedLoop(server.port, { transport: "http", size: SIZE, length: 100 }, 50);
    await quiet(server.pids);
    const objects = join(server.state, "v3/do");
    const before = { memory: memory(server.pids, "VmRSS"), disk: folderBytes(objects) };
    const ids = await sendOpen(server, sessions);
    const after = { memory: memory(server.pids, "VmRSS"), disk: folderBytes(objects) };
    const response = await fetch(`http://127.0.0.1:${server.port}/analytics/sessions/${ids.at(-1)}/live`, {
      headers: { Authorization: "Bearer pulsegate-development-key" },
    });
    const live = /** @type {{ data: { actor: { journal_units: number, journal_rows: number } } }} */ (
      await response.json()
    );
    return {
      memoryKb: ((after.memory - before.memory) * 1_024) / sessions,
      diskKb: (after.disk - before.disk) / 1_024 / sessions,
      journalBytes: live.data.actor.journal_units,
      journalRows: live.data.actor.journal_rows,
    };
  } finally {
    await server.kill();
  }
}

/** @param {string} folder @returns {number} */
function folderBytes(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((total, entry) => {
    const path = join(folder, entry.name);
    return total + (entry.isDirectory() ? folderBytes(path) : statSync(path).size);
  }, 0);
}

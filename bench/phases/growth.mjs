// @ts-check
// Does an event cost more late in a long session?
import { flushingOften } from "../lib/build.mjs";
import { quiet, sleep } from "../lib/process.mjs";
import { start } from "../lib/server.mjs";
import { mean, median, quantile } from "../lib/stats.mjs";
import { closedLoop } from "../load/drive.mjs";
import { batch, newSession, pathOf } from "../load/session.mjs";
import { openHttp } from "../load/wire.mjs";

const SIZE = 20;
const FIRST = "1-100";
const YOUNG = "900-1,000";
const OLD = "9,000-10,000";
const LONGEST = 10_000;
/** @typedef {{ port: number, session: ReturnType<typeof newSession>, wire: import("../load/wire.mjs").Wire, sent: number }} Visitor */

/** @typedef {Record<typeof FIRST | typeof YOUNG | typeof OLD, { cpu: number[], p50: number[] }>} Found */

const empty = () => ({ cpu: /** @type {number[]} */ ([]), p50: /** @type {number[]} */ ([]) });

/** Batches after which a session of the changed Worker flushes. */
const FLUSH_BATCHES = 6;
/** The first flush is due 3 s after the first event. */
const FIRST_FLUSH_MS = 3_200;

/**
 * An ordinary session flushes once in about 1,100 events, so a window of 100 would meet one flush or none. Hence a Worker
 * that flushes at a tenth of the text; all else is the same.
 * @param {string} dist @param {{ sessions: number, rounds: number }} options
 */
export async function growth(dist, { sessions, rounds }) {
  const server = await start("growth", {
    dist: flushingOften(dist),
    objects: "project",
    bindings: { RATE_LIMIT: "off", LOG_LEVEL: "error" },
  });
  try {
    await closedLoop(server.port, { transport: "http", size: SIZE, length: 1_000 }, 20);
    /** @type {Found} */
    const found = { [FIRST]: empty(), [YOUNG]: empty(), [OLD]: empty() };
    for (let round = 0; round < rounds; round++) await playWindows(server, sessions, found);
    return Object.entries(found).map(([window, { cpu, p50 }]) => ({ window, cpu: mean(cpu), p50: median(p50) }));
  } finally {
    await server.kill();
  }
}

/** Young sessions are measured in turn with the old ones, in this many steps: both meet the machine in the same mood. */
const STEPS = 5;

/**
 * Sessions side by side, so that a step is long enough to measure. Each is paused at another place until its first flush
 * has gone by, so that they flush at different events from then on and each step meets its share.
 * @param {import("../lib/server.mjs").Server} server @param {number} sessions
 * @param {Found} found
 */
async function playWindows(server, sessions, found) {
  const first = await open(server, sessions);
  await step(server, first, 0, 100, found[FIRST], FIRST_FLUSH_MS);

  const old = await open(server, sessions);
  const young = await Promise.all(Array.from({ length: STEPS }, () => open(server, sessions)));
  const all = [...old, ...young.flat()];
  await Promise.all(all.map((visitor, i) => advance(visitor, SIZE * (1 + (i % FLUSH_BATCHES)))));
  await sleep(FIRST_FLUSH_MS);
  await Promise.all(old.map((visitor) => advance(visitor, 9_000)));
  await Promise.all(young.flat().map((visitor) => advance(visitor, 900)));
  for (const [i, cohort] of young.entries()) {
    await step(server, cohort, 900, 1_000, found[YOUNG]);
    await step(server, old, 9_000 + i * 200, 9_200 + i * 200, found[OLD]);
  }
  for (const { wire } of [...first, ...all]) wire.close();
}

/**
 * @param {import("../lib/server.mjs").Server} server @param {Visitor[]} visitors @param {number} from @param {number} to
 * @param {{ cpu: number[], p50: number[] }} into
 * @param {number} [wait]  For a flush that is due later.
 */
async function step(server, visitors, from, to, into, wait = 0) {
  const before = await quiet(server.pids);
  const latencies = (await Promise.all(visitors.map((visitor) => advance(visitor, to)))).flat();
  await sleep(wait);
  const after = await quiet(server.pids);
  into.cpu.push(((after.cpu - before.cpu) / visitors.length / (to - from)) * 100_000);
  into.p50.push(quantile(latencies, 0.5));
}

/** @param {import("../lib/server.mjs").Server} server @param {number} sessions @returns {Promise<Visitor[]>} */
const open = (server, sessions) =>
  Promise.all(
    Array.from({ length: sessions }, async () => ({
      port: server.port,
      session: newSession(),
      wire: await openHttp(server.port, pathOf),
      sent: 0,
    })),
  );

/** @param {Visitor} visitor @param {number} to @returns {Promise<number[]>} */
async function advance(visitor, to) {
  const latencies = [];
  while (visitor.sent < to) {
    const size = Math.min(SIZE, to - visitor.sent);
    const body = batch(visitor.session, visitor.sent, size, LONGEST);
    if (!visitor.wire.isOpen()) {
      visitor.wire.close();
      visitor.wire = await openHttp(visitor.port, pathOf);
    }
    const sent = performance.now();
    await visitor.wire.send(`{${body}}`);
    latencies.push(performance.now() - sent);
    visitor.sent += size;
  }
  return latencies;
}

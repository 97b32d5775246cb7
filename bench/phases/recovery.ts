// A restart with many sessions overdue: how long it takes until all of them are in D1, and what a session takes up until then.

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DEVELOPMENT_KEY } from "../../scripts/lib/dev-options.ts";
import { buildOwn } from "../lib/build.ts";
import { cpuSeconds, memory, quiet, sleep } from "../lib/process.ts";
import { type Server, start } from "../lib/server.ts";
import { closedLoop, LANES } from "../load/drive.ts";
import { batch, newSession, pathOf } from "../load/session.ts";
import { openHttp } from "../load/wire.ts";

const EVENTS = 10;
const options = { objects: "project" as const, bindings: { RATE_LIMIT: "off", LOG_LEVEL: "error" } };

interface Recovered {
  sessions: number;
  /** Sessions in D1 before the restart. */
  alreadyWritten: number;
  seconds: number;
  /** Seconds of CPU until then. */
  cpu: number;
  footprint: Awaited<ReturnType<typeof fill>>;
}

/**
 * The project's recovery: fills sessions on a server whose flushes hang, kills it with `kill -9`, waits until every flush is
 * overdue, and starts the real Worker on the same state.
 */
export async function recovery(dist: string, sessions: number) {
  const held = await start("held", { dist: await buildOwn("held"), ...options });
  return recover(held, "recovered", { dist, ...options }, sessions);
}

/** The recovery of the floor, which only writes to the two stores. */
export async function recoveryFloor(sessions: number) {
  const dist = await buildOwn("written");
  const objects = { ROWS: "Rows" };
  const held = await start("held-floor", { dist, objects, bindings: { HOLD: "on" } });
  return recover(held, "recovered-floor", { dist, objects }, sessions);
}

async function recover(
  held: Server,
  name: string,
  real: Omit<Parameters<typeof start>[1], "state">,
  sessions: number,
): Promise<Recovered> {
  await closedLoop(held.port, { transport: "http", size: EVENTS, length: 100 }, WARM_UP_SESSIONS);
  const footprint = await fill(held, sessions);
  const before = await counts(held);
  await held.kill();
  // The first flush is due 3 s after the first event.
  await sleep(3_200);
  const server = await start(name, { ...real, state: held.state });
  try {
    const wanted = sessions * EVENTS + WARM_UP_SESSIONS * 100;
    while ((await counts(server)).events < wanted) {
      if (Date.now() - server.launched > DRAIN_MS) throw new Error(`not drained in ${DRAIN_MS / 1_000} s`);
      await sleep(POLL_MS);
    }
    // Counted from the start of the runtime: overdue alarms fire from then on, and delay the first answer.
    const seconds = (Date.now() - server.launched) / 1_000;
    return { sessions, alreadyWritten: before.sessions, seconds, cpu: cpuSeconds(server.pids), footprint };
  } finally {
    await server.kill();
  }
}

/** A busy machine takes a minute, and that still counts; after this long something hangs. */
const DRAIN_MS = 180_000;

/** Often enough for a figure in seconds, and no more: each question costs the measured runtime time. */
const POLL_MS = 100;

/** Sessions of the warm-up. They have a hundred events each, and are overdue like the rest. */
const WARM_UP_SESSIONS = 10;

async function counts(server: Server) {
  const [row] = await server.sql("SELECT count(*) AS sessions, coalesce(sum(events), 0) AS events FROM sessions");
  return { sessions: Number(row?.["sessions"]), events: Number(row?.["events"]) };
}

/** Sends ten events of each session, and leaves it open. */
async function sendOpen({ port }: Server, sessions: number) {
  let left = sessions;
  const ids = [] as string[];
  const lane = async () => {
    const wire = await openHttp(port, pathOf);
    while (left > 0) {
      left -= 1;
      const session = newSession();
      ids.push(session.id);
      await wire.send(`{${batch(session, { position: 0, count: EVENTS, total: 2 * EVENTS })}}`);
    }
    wire.close();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return ids;
}

/** What an open session of ten events takes up before its first flush: memory of the server, journal, disk. */
async function fill(server: Server, sessions: number) {
  await quiet(server.pids);
  const objects = join(server.state, "v3/do");
  const before = { memory: memory(server.pids, "VmRSS"), disk: folderBytes(objects) };
  const ids = await sendOpen(server, sessions);
  const after = { memory: memory(server.pids, "VmRSS"), disk: folderBytes(objects) };
  return {
    memoryKb: ((after.memory - before.memory) * 1_024) / sessions,
    diskKb: (after.disk - before.disk) / 1_024 / sessions,
    ...(server.name === "held" && (await journal(server, ids.at(-1) ?? ""))),
  };
}

async function journal(server: Server, id: string) {
  const response = await fetch(`http://127.0.0.1:${server.port}/analytics/sessions/${id}/live`, {
    headers: { Authorization: `Bearer ${DEVELOPMENT_KEY}` },
  });
  const live = (await response.json()) as { data: { actor: { journal_units: number; journal_rows: number } } };
  return { journalBytes: live.data.actor.journal_units, journalRows: live.data.actor.journal_rows };
}

function folderBytes(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((total, entry) => {
    const path = join(folder, entry.name);
    // SQLite may delete a journal between the two calls.
    return total + (entry.isDirectory() ? folderBytes(path) : (statSync(path, { throwIfNoEntry: false })?.size ?? 0));
  }, 0);
}

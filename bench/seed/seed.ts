// A deterministic, realistic year of sessions in the local D1, and its rollups.
import { readFileSync } from "node:fs";
import { buildOwn } from "../lib/build.ts";
import { memory, resetPeak, sleep } from "../lib/process.ts";
import { start } from "../lib/server.ts";
import { sessionsByHour } from "./hours.ts";
import { createIndexes, dropIndexes } from "./indexes.ts";
import type { Hour, Job, Profile } from "./job.ts";
import { batchesOf } from "./maker.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Sessions made at a time: about a second of work. */
const JOB_SESSIONS = 4_000;
/** Profiles taken of the package's 10,000: the most used ones come first. */
const PROFILES = 600;
const SAY_MS = 3_000;
/** How often a request is tried, and how much longer the wait gets before each try. */
const TRIES = 6;
const TRY_AGAIN_MS = 500;

function profiles(): [Profile, ...Profile[]] {
  const data = new URL("./user-agents.json", import.meta.resolve("user-agents"));
  return JSON.parse(readFileSync(data, "utf8")).slice(0, PROFILES);
}

/**
 * The year as jobs, without the hours that are there already.
 * @param there Sessions by their hour.
 */
function* jobsOf(sessions: number, until: number, there: ReadonlyMap<number, number>): Generator<Job> {
  const known = profiles();
  let hours: Hour[] = [];
  let first = 0;
  let sum = 0;
  for (const [i, count] of sessionsByHour(sessions, until).entries()) {
    const at = until - 365 * DAY + i * HOUR;
    const hour = { at, first, count };
    first += count;
    if (there.get(at) === count) continue;
    hours.push(hour);
    sum += count;
    if (sum < JOB_SESSIONS) continue;
    yield { hours, profiles: known };
    hours = [];
    sum = 0;
  }
  yield { hours, profiles: known };
}

interface SeedOptions {
  sessions: number;
  /** The year's end, epoch ms: a whole UTC day. */
  until: number;
  /** The folder of the stores. */
  state: string;
  say: (line: string) => void;
  /** False leaves the rollups to the cron. */
  rollsUp?: boolean;
}

export async function seed({ sessions, until, state, say, rollsUp = true }: SeedOptions) {
  const began = Date.now();
  const server = await start("seed", { dist: await buildOwn("seed"), state, objects: {} });
  const own = [process.pid, ...server.pids];
  resetPeak(own);
  const seconds = () => `${((Date.now() - began) / 1_000).toFixed(0)} s`;
  const post = async (path: string, body: string) => {
    // Under load the runtime closes connections now and then. Every request here may be repeated.
    for (let tries = 1; ; tries++) {
      try {
        const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method: "POST", body });
        if (response.ok) return response.json();
        throw new Error(await response.text());
      } catch (error) {
        if (tries >= TRIES || !(error instanceof TypeError)) throw error;
        await sleep(tries * TRY_AGAIN_MS);
      }
    }
  };
  try {
    // A batch is one transaction, so an hour that has its sessions has their events too.
    const known = await server.sql(
      `SELECT started_at / ${HOUR} * ${HOUR} AS at, count(*) AS n FROM sessions GROUP BY 1`,
    );
    const there = new Map(known.map(({ at, n }) => [Number(at), Number(n)]));
    const before = await server.sql("SELECT count(*) AS events FROM events WHERE stream = 'seed'");
    let written = known.reduce((sum, { n }) => sum + Number(n), 0);
    let events = Number(before[0]?.events);
    let said = began;
    let writing = Promise.resolve();
    let days = 0;
    let rolled = until - 365 * DAY;
    let rolling: Promise<void> | null = null;
    const rollUp = async (now: number) => {
      const report = await post("/rollup", String(now));
      days += report.days;
      return report.isDone;
    };
    // The server has time while sessions are made, so it rolls a day up once the next day is there.
    const rollUpAfter = (through: number) => {
      if (!rollsUp || rolling || through - rolled < DAY) return;
      rolling = rollUp(through).then((isDone) => {
        if (isDone) rolled = through;
        rolling = null;
      });
      // It is awaited at the end. Until then a failure must not count as unhandled.
      rolling.catch(() => {});
    };
    await dropIndexes(server);
    for await (const { texts, ...batch } of batchesOf(jobsOf(sessions, until, there))) {
      // D1 writes one batch while the next is made.
      await writing;
      const lengths = `sessions=${texts.sessions.length}&events=${texts.events.length}`;
      writing = post(`/seed?${lengths}`, texts.sessions + texts.events + texts.leads).then(() =>
        rollUpAfter(batch.through),
      );
      written += batch.sessions;
      events += batch.events;
      if (Date.now() - said < SAY_MS) continue;
      said = Date.now();
      say(`${written} of ${sessions} sessions, ${events} events, ${days} days rolled up, ${seconds()}`);
    }
    await writing;
    await rolling;
    say(`${written} of ${sessions} sessions, ${events} events, ${seconds()}`);
    await createIndexes(server, (name) => say(`index ${name}, ${seconds()}`));
    const inserted = Date.now();
    for (let isDone = !rollsUp; !isDone; ) {
      isDone = await rollUp(until + 6 * HOUR);
      say(`${days} days rolled up, ${seconds()}`);
    }
    const bytes = await server.databaseBytes();
    const memory_mb = Math.round(memory(own, "VmHWM"));
    return { sessions, events, bytes, memory_mb, insert_ms: inserted - began, total_ms: Date.now() - began };
  } catch (error) {
    throw new Error(
      `The seed broke off. Begin again with the same --until: it goes on where it was.\n${server.output()}`,
      { cause: error },
    );
  } finally {
    await server.kill();
  }
}

// @ts-check
// A deterministic, realistic year of sessions in the local D1, and its rollups.
import { readFileSync } from "node:fs";
import { buildOwn } from "../lib/build.mjs";
import { start } from "../lib/server.mjs";
import { sessionsByHour } from "./hours.mjs";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Hours a request: a few seconds each, so that there is progress to show. */
const JOB_SESSIONS = 8_000;
/** Profiles taken of the package's 10,000: the most used ones come first. */
const PROFILES = 600;

/** @returns {object[]} */
function profiles() {
  const data = new URL("./user-agents.json", import.meta.resolve("user-agents"));
  return JSON.parse(readFileSync(data, "utf8")).slice(0, PROFILES);
}

/**
 * @param {{ sessions: number, until: number, state: string, say: (line: string) => void, rollsUp?: boolean }} options
 *   `until`: the year's end, epoch ms, a whole UTC day. `rollsUp`: false leaves the rollups to the cron.
 */
export async function seed({ sessions, until, state, say, rollsUp = true }) {
  const began = Date.now();
  const server = await start("seed", { dist: await buildOwn("seed"), state, objects: {} });
  const post = async (/** @type {string} */ path, /** @type {string} */ body) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method: "POST", body });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  };
  const known = profiles();
  let first = 0;
  let events = 0;
  /** @type {{ at: number, first: number, count: number }[]} */
  let hours = [];
  const flush = async () => {
    if (hours.length === 0) return;
    const written = await post("/seed", JSON.stringify({ hours, profiles: known }));
    events += written.events;
    hours = [];
    const seconds = (Date.now() - began) / 1_000;
    say(`${first} of ${sessions} sessions, ${events} events, ${seconds.toFixed(0)} s`);
  };
  try {
    for (const [i, count] of sessionsByHour(sessions, until).entries()) {
      hours.push({ at: until - 365 * DAY + i * HOUR, first, count });
      first += count;
      if (hours.reduce((sum, hour) => sum + hour.count, 0) >= JOB_SESSIONS) await flush();
    }
    await flush();
    const inserted = Date.now();
    for (let done = !rollsUp, days = 0; !done; ) {
      const report = await post("/rollup", String(until + 6 * HOUR));
      days += report.days;
      done = report.isDone;
      say(`rollups: ${days} of 365 days, ${((Date.now() - inserted) / 1_000).toFixed(0)} s`);
    }
    const bytes = await server.databaseBytes();
    return { sessions, events, bytes, insert_ms: inserted - began, total_ms: Date.now() - began };
  } finally {
    await server.kill();
  }
}

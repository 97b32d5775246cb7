// @ts-check
// What an attack costs in a day: played in simulated time against the limits as they are deployed, every billed operation counted.
import { buildOwn } from "../lib/build.mjs";
import { start } from "../lib/server.mjs";
import { bill } from "../prices.mjs";
import { withStated } from "./bill.mjs";

/** @typedef {import("../workers/attack-job.ts").Attack} Attack */
/** @typedef {import("../workers/attack-job.ts").Outcome} Outcome */
/** @typedef {import("../workers/attack-job.ts").Kind} Kind */

const BASE = Date.UTC(2026, 0, 5);
const DAY_MINUTES = 24 * 60;

/** What one address may send a minute past the edge, and what a site's limit on starts lets through at one location. */
export const ADDRESS_RATE = 1_200;
export const SITE_RATE = 6_000;
/** A site's attack is played at a hundredth of its rate and of its budget. */
const SCALE = 100;
const SITE_BYTES_PER_DAY = 4_000_000_000;

/** @type {Record<Kind, string>} */
export const KINDS = {
  starts: "new sessions with one event each",
  heavy: "new sessions with 100 events of 2,400 bytes, each of a type of its own",
  calls: "sessions that go on with one event a call",
  unknown: "batches of sessions that nobody began",
  consent: "sessions that grant and withdraw consent in turn",
  leads: "leads",
};

/**
 * @typedef {object} Bill
 * @property {Kind} kind
 * @property {number} requests  A day.
 * @property {number} taken  Of these, answered 200 or 202.
 * @property {number} dollars  A day, at list prices.
 * @property {number} refused  Dollars of it that are for requests which the Worker refuses by itself.
 * @property {number} d1_bytes  A day.
 */

/** A request that is refused without an object: the request, and a fifth of a millisecond of CPU. */
const REFUSED_DOLLARS = (0.3 + 0.2 * 0.02) / 1e6;

/** Wakes an object with each request, and spends nothing: one minute is like another, and so few of them do. */
const ALIKE = "unknown";
const FEW_MINUTES = 5;

/**
 * From one address: the first hour spends what may be spent at once, the 23 after it are like the second.
 * @param {Kind} kind @returns {Promise<Bill>}
 */
export async function attackByAddress(kind) {
  const attack = { kind, start: BASE, rate: ADDRESS_RATE, isSpread: false, siteStarts: SITE_RATE, siteBytes: null };
  const minutes = kind === ALIKE ? FEW_MINUTES : 60;
  const first = await play({ ...attack, minutes });
  const two = await play({ ...attack, minutes: 2 * minutes });
  const day = (/** @type {(one: Played) => number} */ of) =>
    of(first) + (DAY_MINUTES / minutes - 1) * (of(two) - of(first));
  return {
    kind,
    requests: ADDRESS_RATE * DAY_MINUTES,
    taken: day((one) => one.taken),
    dollars: day((one) => one.dollars),
    refused: (ADDRESS_RATE * DAY_MINUTES - day((one) => one.taken)) * REFUSED_DOLLARS,
    d1_bytes: day((one) => one.d1_bytes),
  };
}

/** On one site, each request from another network. @param {Kind} kind @returns {Promise<Bill>} */
export async function attackOnSite(kind) {
  const minutes = kind === ALIKE ? FEW_MINUTES : DAY_MINUTES;
  const times = SCALE * (DAY_MINUTES / minutes);
  const played = await play({
    ...{ kind, start: BASE, minutes, rate: SITE_RATE / SCALE, isSpread: true },
    ...{ siteStarts: SITE_RATE / SCALE, siteBytes: SITE_BYTES_PER_DAY / SCALE },
  });
  const requests = SITE_RATE * DAY_MINUTES;
  return {
    kind,
    requests,
    taken: played.taken * times,
    dollars: played.dollars * times,
    refused: (requests - played.taken * times) * REFUSED_DOLLARS,
    d1_bytes: played.d1_bytes * times,
  };
}

/** @typedef {{ taken: number, dollars: number, d1_bytes: number }} Played */

/** Minutes a call: well within the time a client waits. */
const STEP_MINUTES = 5;

/** @param {Attack & { minutes: number }} played @returns {Promise<Played>} */
async function play({ minutes, ...attack }) {
  const name = `attack-${attack.kind}-${attack.isSpread ? "site" : "address"}-${minutes}`;
  const server = await start(name, {
    dist: await buildOwn("attack"),
    objects: "project",
    bindings: { LOG_LEVEL: "error" },
  });
  const empty = await server.databaseBytes();
  try {
    const { counts, statuses } = await playSteps(server.port, attack, minutes);
    const failed = Object.entries(statuses).find(([status]) => Number(status) >= 500 && status !== "503");
    if (failed) throw new Error(`${failed[1]} answers were ${failed[0]}`);
    const taken = (statuses["200"] ?? 0) + (statuses["202"] ?? 0);
    return { taken, dollars: bill(withStated(counts)).dollars, d1_bytes: (await server.databaseBytes()) - empty };
  } finally {
    await server.kill();
  }
}

/** @param {number} port @param {Attack} attack @param {number} minutes @returns {Promise<Outcome>} */
async function playSteps(port, attack, minutes) {
  for (let minute = 0; ; minute += STEP_MINUTES) {
    const isLast = minute + STEP_MINUTES >= minutes;
    /** @type {import("../workers/attack-job.ts").Job} */
    const job = { minutes: Math.min(STEP_MINUTES, minutes - minute), isLast, ...(minute === 0 && { begin: attack }) };
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: JSON.stringify(job) });
    if (!response.ok) throw new Error(await response.text());
    const outcome = /** @type {Outcome | null} */ (await response.json());
    if (outcome) return outcome;
  }
}

// @ts-check
// `npm run cost -- --attack`: what a day of attacks costs, beside what it may.
import { figure } from "./lib/stats.mjs";
import { ADDRESS_RATE, attackByAddress, attackOnSite, KINDS, SITE_RATE } from "./phases/attack.mjs";
import { table } from "./report.mjs";

/** @typedef {import("./phases/attack.mjs").Bill} Bill */
/** @typedef {import("./workers/attack-job.ts").Kind} Kind */

const ADDRESS_GOAL = 2;
const SITE_GOAL = 50;

/** @param {{ only: string | undefined, json: boolean }} options @returns {Promise<number>} The exit code. */
export async function showAttacks({ only, json }) {
  const kinds = /** @type {Kind[]} */ (Object.keys(KINDS)).filter((kind) => only === undefined || kind === only);
  if (kinds.length === 0) {
    console.error(`--only must be one of ${Object.keys(KINDS).join(", ")}, not ${only}.`);
    return 2;
  }
  const say = (/** @type {string} */ text) => json || console.error(text);
  /** @type {Bill[]} */
  const address = [];
  /** @type {Bill[]} */
  const site = [];
  for (const kind of kinds) {
    say(`Playing ${KINDS[kind]}, from one address …`);
    const one = await attackByAddress(kind);
    say(`  $${one.dollars.toFixed(2)} a day. On one site …`);
    const all = await attackOnSite(kind);
    say(`  $${all.dollars.toFixed(2)} a day.`);
    address.push(one);
    site.push(all);
  }
  const targets = [...targetsOf("address", address, ADDRESS_GOAL), ...targetsOf("site", site, SITE_GOAL)];
  const holds = targets.every((target) => target.holds);
  if (json) console.log(JSON.stringify({ address, site, targets }));
  else {
    print(`From one address, ${figure(ADDRESS_RATE)} requests a minute: at most $${ADDRESS_GOAL} a day`, address);
    print(
      `On one site, ${figure(SITE_RATE)} requests a minute, each from another network: at most $${SITE_GOAL} a day`,
      site,
    );
    console.log(
      "\nRequests past these rates are refused by the Worker for $0.30 a million; a rate limiting rule in front of it stops them for nothing.",
    );
  }
  return holds ? 0 : 1;
}

/** @param {string} who @param {Bill[]} bills @param {number} goal */
const targetsOf = (who, bills, goal) =>
  bills.map(({ kind, dollars }) => ({
    ...{ name: `${who}: ${KINDS[kind]}`, value: dollars, unit: "dollars a day", goal: `<= ${goal}` },
    holds: dollars <= goal,
  }));

/** @param {string} title @param {Bill[]} bills */
function print(title, bills) {
  const rows = bills.map(({ kind, taken, dollars, refused, d1_bytes }) => [
    KINDS[kind],
    figure(taken),
    dollars.toFixed(2),
    refused.toFixed(2),
    figure(d1_bytes / 1e6),
  ]);
  console.log(`\n${title}\n`);
  console.log(table(["a day of", "taken", "$", "of it for refused requests", "MB in D1"], rows));
}

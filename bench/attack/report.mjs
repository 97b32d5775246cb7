// @ts-check
// What attacks came to, as tables of text, and what was set out to hold.
import { figure, sum } from "../lib/stats.mjs";
import { REFUSED_DOLLARS } from "../phases/attack.mjs";
import { table, targetTable } from "../report.mjs";
import { ATTACKS } from "./kinds.mjs";

/** @typedef {import("./play.mjs").Played} Played */
/** @typedef {import("../targets.mjs").Target} Target */

/** How many times slower the bystander may be answered than beside an empty Worker. */
const SLOWER = 2;
const DAY_SECONDS = 24 * 3_600;

/** @param {Played} played */
const nameOf = ({ name, isSpread }) => (isSpread ? `${name}, spread` : name);

/** @param {Played} played @returns {Target[]} */
export function targetsOf(played) {
  const { attacked, spared } = played;
  const name = nameOf(played);
  const slower = attacked.p95 / spared.p95;
  const failed = failuresOf(attacked.statuses) + failuresOf(attacked.refused);
  const refused = sum(Object.values(attacked.refused));
  const lost = attacked.lost + spared.lost;
  return [
    target(`${name}: bystander's p95 beside the empty Worker's`, slower, "×", `≤ ${SLOWER}`, slower <= SLOWER),
    target(`${name}: answers 5xx`, failed, "answers", "0", failed === 0),
    target(`${name}: calls of the bystander that were not taken`, refused, "calls", "0", refused === 0),
    target(`${name}: acked events of the bystander that are in no store`, lost, "events", "0", lost === 0),
  ];
}

/** @param {string} name @param {number} value @param {string} unit @param {string} goal @param {boolean} holds @returns {Target} */
const target = (name, value, unit, goal, holds) => ({ name, value, unit, goal, holds });

/** @param {Record<string, number>} statuses */
const failuresOf = (statuses) =>
  sum(Object.entries(statuses).map(([status, count]) => (Number(status) >= 500 ? count : 0)));

/** A day of what the Worker refuses by itself: answered 4xx, but 404, for which it has asked an object. @param {Played} played */
function refusedDollars({ rate, attacked: { statuses, unsent } }) {
  const refused = sum(
    Object.entries(statuses).map(([status, count]) => (/^4/.test(status) && status !== "404" ? count : 0)),
  );
  const all = sum(Object.values(statuses)) + unsent;
  return (refused / all) * rate * DAY_SECONDS * REFUSED_DOLLARS;
}

/** @param {Played[]} played @param {Target[]} targets */
export function print(played, targets) {
  console.log(`${table(["attack", "what is sent", "answers"], played.map(answers))}\n`);
  const grown = [
    "attack",
    "requests/s",
    "CPU ms a request",
    "MB sent",
    "MB in D1",
    "MB in R2",
    "$ a day for refused",
    "client cores",
  ];
  console.log(`${table(grown, played.map(growth))}\n`);
  const seen = ["bystander beside", "visits", "calls", "p50 ms", "p95 ms", "beside empty: p50", "p95", "p95 ×"];
  console.log(`${table(seen, played.map(bystander))}\n`);
  console.log(targetTable(targets));
  console.log(
    "\nDollars are list prices of requests that were refused. npm run cost -- --attack counts those of the rest.",
  );
}

/** @param {Played} played */
const answers = (played) => [
  nameOf(played),
  ATTACKS[played.name]?.says ?? "",
  [
    ...Object.entries(played.attacked.statuses).map(
      ([status, count]) => `${status === "0" ? "cut" : status}: ${figure(count)}`,
    ),
    ...(played.attacked.unsent > 0 ? [`unsent: ${figure(played.attacked.unsent)}`] : []),
  ].join(", "),
];

/** The bystander's part, and the runtime's, is what it comes to beside the empty Worker. @param {Played} played */
const growth = (played) => [
  nameOf(played),
  figure(played.rate),
  figure(((played.attacked.cpu - played.spared.cpu) * 1_000) / sum(Object.values(played.attacked.statuses))),
  figure(played.attacked.bytes / 1e6),
  figure((played.attacked.d1_bytes - played.spared.d1_bytes) / 1e6),
  figure((played.attacked.r2_bytes - played.spared.r2_bytes) / 1e6),
  refusedDollars(played).toFixed(2),
  figure(played.client),
];

/** @param {Played} played */
const bystander = (played) => [
  nameOf(played),
  ...[played.attacked.visits, played.attacked.calls, played.attacked.p50, played.attacked.p95].map(figure),
  ...[played.spared.p50, played.spared.p95, played.attacked.p95 / played.spared.p95].map(figure),
];

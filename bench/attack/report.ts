// The results of attacks as tables of text, and the targets.

import { atMost, exactly, type Target } from "../../scripts/lib/target.ts";
import { figure, sum } from "../lib/stats.ts";
import { REFUSED_DOLLARS } from "../phases/attack.ts";
import { table, targetTable } from "../report.ts";
import { ATTACKS } from "./kinds.ts";
import type { Played } from "./play.ts";

/** How many times slower the bystander may be answered than beside an empty Worker. */
const SLOWER = 2;
const DAY_SECONDS = 24 * 3_600;

const nameOf = ({ name, isSpread }: Played) => (isSpread ? `${name}, spread` : name);

export function targetsOf(played: Played): Target[] {
  const { attacked, spared } = played;
  const name = nameOf(played);
  const slower = attacked.p95 / spared.p95;
  const failed = failuresOf(attacked.statuses) + failuresOf(attacked.refused);
  const refused = sum(Object.values(attacked.refused));
  const lost = attacked.lost + spared.lost;
  return [
    atMost(`${name}: bystander's p95 beside the empty Worker's`, slower, "×", SLOWER),
    exactly(`${name}: answers 5xx`, failed, "answers", 0),
    exactly(`${name}: calls of the bystander that were not taken`, refused, "calls", 0),
    exactly(`${name}: acked events of the bystander that are in no store`, lost, "events", 0),
  ];
}

const failuresOf = (statuses: Record<string, number>) =>
  sum(Object.entries(statuses).map(([status, count]) => (Number(status) >= 500 ? count : 0)));

/** Dollars a day for what the Worker refuses by itself: every 4xx but 404, for which it had to ask an object. */
function refusedDollars({ rate, attacked: { statuses, unsent } }: Played) {
  const refused = sum(
    Object.entries(statuses).map(([status, count]) => {
      const isRefusal = Number(status) >= 400 && Number(status) < 500 && status !== "404";
      return isRefusal ? count : 0;
    }),
  );
  const all = sum(Object.values(statuses)) + unsent;
  return (refused / all) * rate * DAY_SECONDS * REFUSED_DOLLARS;
}

export function print(played: Played[], targets: Target[]) {
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

const answers = (played: Played) => [
  nameOf(played),
  ATTACKS[played.name]?.says ?? "",
  [
    ...Object.entries(played.attacked.statuses).map(
      ([status, count]) => `${status === "0" ? "cut" : status}: ${figure(count)}`,
    ),
    ...(played.attacked.unsent > 0 ? [`unsent: ${figure(played.attacked.unsent)}`] : []),
  ].join(", "),
];

/** What the attack alone adds: the spared side has the bystander's and the runtime's part, which is subtracted. */
const growth = (played: Played) => [
  nameOf(played),
  figure(played.rate),
  figure(((played.attacked.cpu - played.spared.cpu) * 1_000) / sum(Object.values(played.attacked.statuses))),
  figure(played.attacked.bytes / 1e6),
  figure((played.attacked.d1_bytes - played.spared.d1_bytes) / 1e6),
  figure((played.attacked.r2_bytes - played.spared.r2_bytes) / 1e6),
  refusedDollars(played).toFixed(2),
  figure(played.client),
];

const bystander = (played: Played) => [
  nameOf(played),
  ...[played.attacked.visits, played.attacked.calls, played.attacked.p50, played.attacked.p95].map(figure),
  ...[played.spared.p50, played.spared.p95, played.attacked.p95 / played.spared.p95].map(figure),
];

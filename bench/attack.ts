// `npm run attack`: attacks on the built Worker with production settings, and what normal visitors notice of them.
import { parseArgs } from "node:util";
import { ATTACKS } from "./attack/kinds.ts";
import { type Played, play } from "./attack/play.ts";
import { print, targetsOf } from "./attack/report.ts";
import { buildOwn, buildSubject } from "./lib/build.ts";
import { progress } from "./lib/progress.ts";
import { figure } from "./lib/stats.ts";

const NAMES = Object.keys(ATTACKS);
/** Requests a second, from one address and from many. */
const RATE = 30;
const SPREAD_RATE = 10;

const HELP = `npm run attack -- [--minutes <n>] [--rate <n>] [--only <names>] [--spread] [--json]

Starts the built Worker with production settings (limits on, a key, one allowed origin, budgets as they come), and sends it one
attack after another beside a bystander: two normal visits a second, each from an address of its own. In turn with that the same
bystander is served by the same Worker while as many requests go to an empty Worker in the same runtime, which answers 429.
Prints for each attack what was answered, what was sent, what the stores grew by, and the bystander's p95 latency beside both.
  --minutes  of each attack, and as long beside the empty Worker (default 5); a minute of each in turn
  --rate     requests a second. From one address ${RATE}: more than the 20 that one may send, so that the limit of a minute is met
             in each. From many addresses ${SPREAD_RATE}: all of them are taken, and two cores carry so many of the heaviest
  --only     these, separated by commas: ${NAMES.join(", ")}
  --spread   only from many addresses; without it from one, and ${NAMES.filter((name) => ATTACKS[name]?.spreads).join(", ")} from many too
  --json     one object, { targets: [{ name, value, unit, goal, holds }], … }, and nothing else
  --help     this text
Each takes twice the minutes, and up to two more until the archive is written. Ends with 1 where a target does not hold. What an
admitted request costs is counted by npm run cost -- --attack.`;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    rate: { type: "string" },
    only: { type: "string", default: "" },
    spread: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

/** @param text What is wrong. */
function refuse(text: string): never {
  console.error(`${text} See npm run attack -- --help.`);
  process.exit(2);
}

const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= 60)) refuse(`--minutes takes a number up to 60, not ${values.minutes}.`);
const rate = values.rate === undefined ? null : Number(values.rate);
if (rate !== null && !(rate > 0 && rate <= 10_000)) refuse(`--rate takes a number up to 10,000, not ${values.rate}.`);
const only = values.only === "" ? NAMES : values.only.split(",");
const strange = only.find((name) => !NAMES.includes(name));
if (strange !== undefined) refuse(`There is no attack ${strange}.`);

const attacks = only.flatMap((name) => {
  const ways = values.spread ? [true] : [false, ...(ATTACKS[name]?.spreads ? [true] : [])];
  return ways.map((isSpread) => ({ name, isSpread, rate: rate ?? (isSpread ? SPREAD_RATE : RATE), minutes }));
});

const say = progress();

say("building");
const built = { subject: buildSubject(), empty: await buildOwn("empty") };
const played: Played[] = [];
for (const attack of attacks) {
  say(`${attack.name}, from ${attack.isSpread ? "many addresses" : "one address"}`);
  const one = await play(attack, built);
  played.push(one);
  say(
    `  ${targetsOf(one)
      .map(({ value, unit, goal }) => `${figure(value)} ${unit} (${goal})`)
      .join(", ")}`,
  );
}
const targets = played.flatMap(targetsOf);
if (values.json) console.log(JSON.stringify({ targets, attacks: played }));
else print(played, targets);
process.exit(targets.every(({ holds }) => holds) ? 0 : 1);

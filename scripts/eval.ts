// `npm run eval`: how well bots are told from people, layer by layer, on data that nobody here made and on scripted sessions;
// and whether visits get the channels that others give to their sources.

import { parseArgs } from "node:util";
import type { Rule } from "../src/core/scoring/rule.ts";
import type { RuleSet } from "../src/core/scoring/ruleset.ts";
import { channels } from "./eval/channels.ts";
import { foldSample, type Sample, tools } from "./eval/fold.ts";
import { counted, fixtures, type Group, groupsOf, written } from "./eval/people.ts";
import { crawlers, fingerprints, visitors } from "./eval/profiles.ts";
import { BOTS, hand } from "./eval/scripted.ts";
import { classesOf, listed } from "./eval/systems.ts";

const HELP = `npm run eval [-- --json] [--fixtures FOLDER] [--systems FILE]

Folds, with the rules as they stand,
  every user agent of crawler-user-agents (bots), every profile of user-agents and 2,000 of fingerprint-generator (people)
and prints the confusion matrix for each layer alone and for all together; then 50 scripted sessions with the user-agent
layer off; people's agents by the class of their device and by app; and the channels of sources that Google and Matomo have
put into classes. Ends with 1 if a target does not hold.
  --json      one JSON object and nothing else
  --missed    also lists what was missed
  --fixtures  a folder Tests/fixtures of Matomo's device-detector: many more televisions, consoles and makers' names
  --systems   a list of autonomous systems, one number a line: of which classes they are`;

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    missed: { type: "boolean", default: false },
    fixtures: { type: "string" },
    systems: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const FINGERPRINTS = 2_000;
const EACH_KIND = 10;
const HANDS = 50;

const rules = tools.ruleSet(tools.RULES_VERSION).rules;
const layers = Object.entries(tools.BOT_LAYERS);
const only = (keeps: (rule: Rule) => boolean) =>
  new tools.RuleSet(rules.filter((rule) => rule.score === "bot" && keeps(rule)));
const sets = [
  ...layers.map(([name, own]) => ({ name, set: only((rule) => own.includes(rule)) })),
  { name: "all together", set: only(() => true) },
];

console.error("Folding the profiles …");
const people = [...visitors(), ...fingerprints(FINGERPRINTS)];
const bots = crawlers();

function labels(samples: Sample[], set: RuleSet) {
  const found: Record<"human" | "suspect" | "bot", string[]> = { human: [], suspect: [], bot: [] };
  for (const sample of samples) found[foldSample(sample, set).label ?? "human"].push(sample.name);
  return found;
}

const matrix = sets.map(({ name, set }) => ({ layer: name, bots: labels(bots, set), people: labels(people, set) }));
const all = matrix.at(-1);
if (!all) throw new Error("there are no layers");
const recall = all.bots.bot.length / bots.length;
const wrong = all.people.bot.length / people.length;
const suspected = all.people.suspect.length / people.length;

console.error("Folding the scripted sessions …");
const withoutAgent = new tools.RuleSet(rules.filter((rule) => !tools.BOT_LAYERS["user agent"]?.includes(rule)));
const scripted = Object.entries(BOTS).map(([kind, make]) => ({
  kind,
  found: labels(
    Array.from({ length: EACH_KIND }, (_, i) => make(i)),
    withoutAgent,
  ),
}));
const caught = scripted.reduce((sum, { found }) => sum + found.suspect.length + found.bot.length, 0);
const hands = labels(
  Array.from({ length: HANDS }, (_, i) => hand(i)),
  withoutAgent,
);

/** Of the ten of each kind, how many each layer alone would at least suspect. */
const byLayer = layers
  .filter(([name]) => name !== "user agent")
  .map(([name, own]) => {
    const set = only((rule) => own.includes(rule));
    const caughtOf = (make: (i: number) => Sample) => {
      const { suspect, bot } = labels(
        Array.from({ length: EACH_KIND }, (_, i) => make(i)),
        set,
      );
      return suspect.length + bot.length;
    };
    return {
      layer: name,
      caught: Object.fromEntries(Object.entries(BOTS).map(([kind, make]) => [kind, caughtOf(make)])),
    };
  });

const agents = [
  { list: "user-agents (npm, 2026-09-29)", ...groupsOf(counted()) },
  { list: "our own (scripts/eval/agents.txt, 2026-11-30)", ...groupsOf(written()) },
  ...(values.fixtures ? [{ list: "device-detector's fixtures", ...groupsOf(fixtures(values.fixtures)) }] : []),
];
const ofPeople = agents.flatMap(({ byClass }) => byClass);
const convicted = ofPeople.reduce((sum, { bots: found }) => sum + found.length, 0);
const shown = ofPeople.reduce((sum, group) => sum + group.agents, 0);
const systems = values.systems ? classesOf(listed(values.systems)) : null;

const share = caught / (scripted.length * EACH_KIND);
const heldSources = channels.reduce((sum, { count }) => sum + count, 0);
const rightSources = channels.reduce((sum, { right }) => sum + right, 0);
const asListed = rightSources / heldSources;
const targets = [
  { name: "crawlers found (verdict bot)", value: 100 * recall, unit: "%", goal: "≥ 99", holds: recall >= 0.99 },
  {
    name: "people's agents taken for bots, of every class",
    value: (100 * convicted) / shown,
    unit: "%",
    goal: "≤ 0.1",
    holds: convicted / shown <= 0.001,
  },
  { name: "real profiles taken for bots", value: 100 * wrong, unit: "%", goal: "≤ 0.1", holds: wrong <= 0.001 },
  {
    name: "scripted sessions at least suspect, user-agent layer off",
    value: 100 * share,
    unit: "%",
    goal: "≥ 90",
    holds: share >= 0.9,
  },
  {
    name: "sources in the channel of others' lists",
    value: 100 * asListed,
    unit: "%",
    goal: "≥ 65",
    holds: asListed >= 0.65,
  },
];

if (values.json) {
  const counts = (found: Record<string, string[]>) =>
    Object.fromEntries(Object.entries(found).map(([label, names]) => [label, names.length]));
  console.log(
    JSON.stringify({
      targets,
      matrix: matrix.map(({ layer, ...rest }) => ({ layer, bots: counts(rest.bots), people: counts(rest.people) })),
      scripted: scripted.map(({ kind, found }) => ({ kind, ...counts(found) })),
      scripted_by_layer: byLayer,
      synthetic_hands: counts(hands),
      channels,
      agents: agents.map(({ list, byClass, byApp }) => ({ list, by_class: sized(byClass), by_app: sized(byApp) })),
      systems,
    }),
  );
} else {
  print();
  printAgents();
}
process.exit(targets.every(({ holds }) => holds) ? 0 : 1);

function sized(groups: Group[]) {
  return groups.map(({ bots: found, ...group }) => ({ ...group, bots: found.length }));
}

function printAgents() {
  for (const { list, byClass, byApp } of agents) {
    console.log(`\n${list}`);
    for (const { name, agents: count, bots: found, placed } of byClass) {
      const right = ((100 * placed) / count).toFixed(1);
      console.log(
        `  ${name.padEnd(12)} ${String(count).padStart(6)} agents, ${found.length} taken for bots, class found ${right} %`,
      );
    }
    const apps = byApp.map(({ name, agents: count, bots: found }) => `${name} ${found.length} of ${count}`);
    console.log(`  taken for bots, by app or maker: ${apps.join(", ")}`);
    if (values.missed) for (const { bots: found } of byClass) for (const agent of found) console.log(`    ${agent}`);
  }
  if (systems) console.log(`\nAutonomous systems of the list, by class: ${JSON.stringify(systems)}`);
}

function print() {
  const row = (cells: (string | number)[]) =>
    cells.map((cell, i) => (i === 0 ? String(cell).padEnd(26) : String(cell).padStart(9))).join(" ");
  console.log(
    `${bots.length} crawlers (crawler-user-agents), ${people.length} real profiles (user-agents 10,000, fingerprint-generator ${FINGERPRINTS})\n`,
  );
  console.log(row(["", "crawlers", "", "", "people", "", ""]));
  console.log(row(["layer", "bot", "suspect", "human", "bot", "suspect", "human"]));
  for (const { layer, bots: b, people: p } of matrix) {
    console.log(row([layer, ...[b.bot, b.suspect, b.human, p.bot, p.suspect, p.human].map((names) => names.length)]));
  }
  console.log(
    `\nRecall ${(100 * recall).toFixed(2)} %, false positives ${(100 * wrong).toFixed(3)} % (suspects ${(100 * suspected).toFixed(3)} %)\n`,
  );
  console.log(row(["scripted, no user agent", "bot", "suspect", "human"]));
  for (const { kind, found } of scripted) {
    console.log(row([kind, found.bot.length, found.suspect.length, found.human.length]));
  }
  console.log(row(["synthetic hands", hands.bot.length, hands.suspect.length, hands.human.length]));
  console.log(`\n${row(["suspected by one layer", ...byLayer.map(({ layer }) => layer)])}`);
  for (const kind of Object.keys(BOTS)) console.log(row([kind, ...byLayer.map(({ caught: of }) => of[kind] ?? 0)]));
  console.log(`\n${caught} of ${scripted.length * EACH_KIND} scripted sessions are at least suspect.`);
  console.log(`\n${row(["channels of sources", "listed", "as listed"])}`);
  for (const { name, channel, count, right } of channels) console.log(row([`${name} → ${channel}`, count, right]));
  for (const source of new Set(channels.map((one) => one.source))) console.log(`  ${source}`);
  console.log("");
  for (const { name, value, unit, goal, holds } of targets) {
    console.log(`${holds ? "holds" : "DOES NOT HOLD"}: ${name} ${value.toFixed(2)} ${unit} (goal ${goal})`);
  }
  if (!values.missed) return;
  console.log(
    `\nMissed crawlers:\n${[...(all?.bots.human ?? []), ...(all?.bots.suspect ?? [])].map((name) => `  ${name}`).join("\n")}`,
  );
  for (const { name, others } of channels)
    console.log(`\nIn other channels than ${name}: ${others.join(", ") || "none"}`);
  console.log(`\nMissed scripted sessions: ${scripted.flatMap(({ found }) => found.human).join(", ") || "none"}`);
  console.log(`\nPeople suspected: ${all?.people.suspect.slice(0, 20).join("\n  ") || "none"}`);
}

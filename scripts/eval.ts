// `npm run eval`: how well bots are told from people, layer by layer, on data that nobody here made and on scripted sessions;
// and whether visits get the channels that others give to their sources.

import { parseArgs } from "node:util";
import type { Rule } from "../src/core/scoring/rule.ts";
import type { RuleSet } from "../src/core/scoring/ruleset.ts";
import { channels } from "./eval/channels.ts";
import { foldSample, type Sample, tools } from "./eval/fold.ts";
import { counted, fixtures, type Group, groupsOf, written } from "./eval/people.ts";
import { crawlers, fingerprints, visitors } from "./eval/profiles.ts";
import { type Labels, print } from "./eval/report.ts";
import { BOTS, hand } from "./eval/scripted.ts";
import { classesOf, listed } from "./eval/systems.ts";
import { atLeast, atMost } from "./lib/target.ts";

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

function labels(samples: Sample[], set: RuleSet): Labels {
  const found: Labels = { human: [], suspect: [], bot: [] };
  for (const sample of samples) found[foldSample(sample, set).label ?? "human"].push(sample.name);
  return found;
}

const matrix = sets.map(({ name, set }) => ({ layer: name, bots: labels(bots, set), people: labels(people, set) }));
const all = matrix.at(-1);
if (!all) throw new Error("there are no layers");
const recall = all.bots.bot.length / bots.length;
const wrong = all.people.bot.length / people.length;

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

/** How many of the ten of each kind each layer alone would at least suspect. */
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
  atLeast("crawlers found (verdict bot)", 100 * recall, "%", 99),
  atMost("people's agents taken for bots, of every class", (100 * convicted) / shown, "%", 0.1),
  atMost("real profiles taken for bots", 100 * wrong, "%", 0.1),
  atLeast("scripted sessions at least suspect, user-agent layer off", 100 * share, "%", 90),
  atLeast("sources in the channel of others' lists", 100 * asListed, "%", 65),
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
  print(
    {
      crawlers: bots.length,
      people: people.length,
      fingerprints: FINGERPRINTS,
      matrix,
      scripted,
      sessions: scripted.length * EACH_KIND,
      caught,
      hands,
      byLayer,
      channels,
      agents,
      systems,
      targets,
    },
    values.missed,
  );
}
process.exit(targets.every(({ holds }) => holds) ? 0 : 1);

function sized(groups: Group[]) {
  return groups.map(({ bots: found, ...group }) => ({ ...group, bots: found.length }));
}

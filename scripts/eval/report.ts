// What an evaluation of the rules found, in words and tables.
import type { Target } from "../lib/target.ts";
import type { channels } from "./channels.ts";
import type { Group } from "./people.ts";

/** Names of samples by the label that they got. */
export type Labels = Record<"human" | "suspect" | "bot", string[]>;

export interface Evaluation {
  /** How many crawlers there are. */
  crawlers: number;
  /** How many real profiles there are, and how many of them are from fingerprint-generator. */
  people: number;
  fingerprints: number;
  /** By layer; the last row is of all layers together. */
  matrix: { layer: string; bots: Labels; people: Labels }[];
  /** Scripted sessions by kind, judged without their user agent. */
  scripted: { kind: string; found: Labels }[];
  /** Scripted sessions of all kinds, and those that are at least suspect. */
  sessions: number;
  caught: number;
  hands: Labels;
  /** Scripted sessions by kind that each layer alone would at least suspect. */
  byLayer: { layer: string; caught: Record<string, number> }[];
  channels: typeof channels;
  agents: { list: string; byClass: Group[]; byApp: Group[] }[];
  systems: Record<string, number> | null;
  targets: Target[];
}

export function print(evaluation: Evaluation, showsMissed: boolean) {
  printMatrix(evaluation);
  printScripted(evaluation);
  printChannels(evaluation);
  for (const { name, value, unit, goal, holds } of evaluation.targets) {
    console.log(`${holds ? "holds" : "DOES NOT HOLD"}: ${name} ${value.toFixed(2)} ${unit} (goal ${goal})`);
  }
  if (showsMissed) printMissed(evaluation);
  printAgents(evaluation, showsMissed);
}

const row = (cells: (string | number)[]) =>
  cells.map((cell, i) => (i === 0 ? String(cell).padEnd(26) : String(cell).padStart(9))).join(" ");

const percent = (share: number, digits: number) => `${(100 * share).toFixed(digits)} %`;

function printMatrix({ crawlers, people, fingerprints, matrix }: Evaluation) {
  console.log(
    `${crawlers} crawlers (crawler-user-agents), ${people} real profiles (user-agents 10,000, fingerprint-generator ${fingerprints})\n`,
  );
  console.log(row(["", "crawlers", "", "", "people", "", ""]));
  console.log(row(["layer", "bot", "suspect", "human", "bot", "suspect", "human"]));
  for (const { layer, bots: b, people: p } of matrix) {
    const names = [b.bot, b.suspect, b.human, p.bot, p.suspect, p.human];
    console.log(row([layer, ...names.map(({ length }) => length)]));
  }
  const all = allLayers(matrix);
  const recall = percent(all.bots.bot.length / crawlers, 2);
  const wrong = percent(all.people.bot.length / people, 3);
  const suspected = percent(all.people.suspect.length / people, 3);
  console.log(`\nRecall ${recall}, false positives ${wrong} (suspects ${suspected})\n`);
}

/** The last row of the matrix is of all layers together. */
function allLayers(matrix: Evaluation["matrix"]) {
  const all = matrix.at(-1);
  if (!all) throw new Error("there are no layers");
  return all;
}

function printScripted({ scripted, sessions, caught, hands, byLayer }: Evaluation) {
  console.log(row(["scripted, no user agent", "bot", "suspect", "human"]));
  for (const { kind, found } of scripted) {
    console.log(row([kind, found.bot.length, found.suspect.length, found.human.length]));
  }
  console.log(row(["synthetic hands", hands.bot.length, hands.suspect.length, hands.human.length]));
  console.log(`\n${row(["suspected by one layer", ...byLayer.map(({ layer }) => layer)])}`);
  for (const { kind } of scripted) console.log(row([kind, ...byLayer.map(({ caught: of }) => of[kind] ?? 0)]));
  console.log(`\n${caught} of ${sessions} scripted sessions are at least suspect.`);
}

function printChannels({ channels }: Evaluation) {
  console.log(`\n${row(["channels of sources", "listed", "as listed"])}`);
  for (const { name, channel, count, right } of channels) console.log(row([`${name} → ${channel}`, count, right]));
  for (const source of new Set(channels.map((one) => one.source))) console.log(`  ${source}`);
  console.log("");
}

function printMissed({ matrix, channels, scripted }: Evaluation) {
  const { bots, people } = allLayers(matrix);
  console.log(`\nMissed crawlers:\n${[...bots.human, ...bots.suspect].map((name) => `  ${name}`).join("\n")}`);
  for (const { name, others } of channels) {
    console.log(`\nIn other channels than ${name}: ${others.join(", ") || "none"}`);
  }
  console.log(`\nMissed scripted sessions: ${scripted.flatMap(({ found }) => found.human).join(", ") || "none"}`);
  console.log(`\nPeople suspected: ${people.suspect.slice(0, 20).join("\n  ") || "none"}`);
}

function printAgents({ agents, systems }: Evaluation, showsMissed: boolean) {
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
    if (showsMissed) for (const { bots: found } of byClass) for (const agent of found) console.log(`    ${agent}`);
  }
  if (systems) console.log(`\nAutonomous systems of the list, by class: ${JSON.stringify(systems)}`);
}

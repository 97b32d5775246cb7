// What the operations' measuring commands have in common: options, progress, targets, the exit code.
import { parseArgs } from "node:util";
import { targetTable } from "../report.ts";
import type { Target } from "../targets.ts";

export const atMost = (name: string, value: number, unit: string, goal: number): Target => ({
  name,
  value,
  unit,
  goal: `≤ ${goal}`,
  holds: value <= goal,
});

export const exactly = (name: string, value: number, unit: string, goal: number): Target => ({
  name,
  value,
  unit,
  goal: `${goal}`,
  holds: value === goal,
});

/** Reads `--<size> N`, `--json` and `--help`, runs what is measured, prints what came of it and ends the process. */
export async function answer(
  help: string,
  size: { name: string; value: number },
  measure: (size: number, say: (text: string) => void) => Promise<{ targets: Target[] } & Record<string, unknown>>,
) {
  const { values } = parseArgs({
    options: {
      [size.name]: { type: "string", default: String(size.value) },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values["help"]) {
    console.log(help);
    process.exit(0);
  }
  const wanted = Number(values[size.name]);
  if (!Number.isInteger(wanted) || wanted < 1) {
    console.error(`--${size.name} must be a whole number from 1 on, not ${String(values[size.name])}.`);
    process.exit(2);
  }
  const began = Date.now();
  // Progress must not be among what is parsed.
  const say = (text: string) =>
    console.error(`${String(Math.round((Date.now() - began) / 1_000)).padStart(4)} s  ${text}`);
  const { targets, ...figures } = await measure(wanted, say);
  if (values["json"]) console.log(JSON.stringify({ targets, ...figures, seconds: (Date.now() - began) / 1_000 }));
  else console.log(`\n${targetTable(targets)}\n\n${JSON.stringify(figures, null, 2)}`);
  process.exit(targets.every(({ holds }) => holds) ? 0 : 1);
}

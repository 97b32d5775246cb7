// What the operations' measuring commands have in common: options, progress, targets, the exit code.
import { parseArgs } from "node:util";
import type { Target } from "../../scripts/lib/target.ts";
import { progress } from "../lib/progress.ts";
import { targetTable } from "../report.ts";

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
  const { targets, ...figures } = await measure(wanted, progress(began));
  if (values["json"]) console.log(JSON.stringify({ targets, ...figures, seconds: (Date.now() - began) / 1_000 }));
  else console.log(`\n${targetTable(targets)}\n\n${JSON.stringify(figures, null, 2)}`);
  process.exit(targets.every(({ holds }) => holds) ? 0 : 1);
}

// A back-test in words and tables.
import type { Backtest } from "../../src/ops/backtest.ts";

type Result = Backtest & {
  from: string;
  to: string;
  rules_version: number;
  weights: Record<string, number>;
  shadow: string[];
  seconds: number;
};

const SHOWN = 10;

const row = (cells: (string | number)[], first: number, rest: number) =>
  cells.map((cell, i) => (i === 0 ? String(cell).padEnd(first) : String(cell).padStart(rest))).join(" ");

export function report(result: Result) {
  return [head(result), labels(result), scores(result), firings(result)].join("\n\n");
}

function head({ from, to, sessions, incomplete, rules_version, weights, shadow, seconds }: Result) {
  const tried = [
    ...Object.entries(weights).map(([rule, points]) => `${rule} at ${points}`),
    ...shadow.map((rule) => `${rule} in shadow`),
  ];
  const lines = [
    `${sessions} sessions begun from ${from} to ${to}, by rules version ${rules_version}${tried.length > 0 ? `, with ${tried.join(", ")}` : ""} (${seconds.toFixed(1)} s)`,
  ];
  if (incomplete > 0) lines.push(`${incomplete} more have no beginning in the archive, and are left out`);
  return lines.join("\n");
}

function labels({ transitions, changed }: Result) {
  const lines = Object.entries(transitions)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `  ${String(count).padStart(8)}  ${name}`);
  const examples = changed
    .slice(0, SHOWN)
    .map(({ session_id, before, after }) => `  ${session_id}  ${before} → ${after}`);
  const changes = examples.length > 0 ? ["Sessions whose label changes", ...examples] : ["No label changes."];
  return ["Labels, as scored → by these rules", ...lines, "", ...changes].join("\n");
}

function scores({ distributions }: Result) {
  const tenths = ["0-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "70-79", "80-89", "90-100"];
  const lines = Object.entries(distributions).flatMap(([score, { before, after }]) => [
    row([`${score}, as scored`, ...before], 26, 7),
    row([`${score}, by these rules`, ...after], 26, 7),
  ]);
  return [row(["Sessions by score", ...tenths], 26, 7), ...lines].join("\n");
}

function firings({ firings: by }: Result) {
  const lines = Object.entries(by)
    .sort(([, a], [, b]) => b.after - a.after || b.before - a.before)
    .map(([rule, { before, after }]) => row([rule, before, after, after - before || ""], 30, 9));
  return [row(["Sessions by rule", "as scored", "by these", "change"], 30, 9), ...lines].join("\n");
}

// What a run over mutants found, in words and as JSON.
import { dirname } from "node:path";
import type { Judged } from "./judge.ts";

/** Wilson's interval for a share, at 95 %. */
export function interval(hits: number, of: number): [number, number] {
  if (of === 0) return [0, 1];
  const z = 1.96;
  const share = hits / of;
  const middle = share + (z * z) / (2 * of);
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const scale = 1 + (z * z) / of;
  return [Math.max(0, (middle - spread) / scale), Math.min(1, (middle + spread) / scale)];
}

export const isNoticed = ({ verdict }: Judged) => verdict === "killed" || verdict === "looped";

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

export function scoreOf(judged: readonly Judged[]) {
  const noticed = judged.filter(isNoticed).length;
  return { noticed, of: judged.length, score: judged.length === 0 ? 1 : noticed / judged.length };
}

/** Survivors by folder, each with its place and what it changes. */
export function describe(judged: readonly Judged[]) {
  const lines = [];
  const folders = [...new Set(judged.map(({ mutant }) => dirname(mutant.fileName)))].sort();
  for (const folder of folders) {
    const here = judged.filter(({ mutant }) => dirname(mutant.fileName) === folder);
    const { noticed, of, score } = scoreOf(here);
    lines.push(`${folder.padEnd(24)} ${percent(score).padStart(8)}   ${noticed} of ${of}`);
    for (const one of here.filter((each) => !isNoticed(each))) lines.push(`    ${describeOne(one)}`);
  }
  const { noticed, of, score } = scoreOf(judged);
  const [low, high] = interval(noticed, of);
  lines.push(`\nNoticed ${noticed} of ${of}: ${percent(score)} (95 % interval ${percent(low)} to ${percent(high)})`);
  return lines.join("\n");
}

export function describeOne({ mutant, verdict, cut }: Judged) {
  const { fileName, location, mutatorName, replacement } = mutant;
  const change = replacement.replace(/\s+/g, " ").slice(0, 100);
  const why = verdict === "uncovered" ? "no test meets it" : cut ? "not by the tests that fit its time" : "by no test";
  return `${fileName}:${location.start.line + 1}:${location.start.column + 1} ${mutatorName} → ${change}   (${why})`;
}

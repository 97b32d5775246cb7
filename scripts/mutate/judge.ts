// Whether the tests notice one mutant.
import type { Mutant } from "@stryker-mutator/api/core";
import type { Tested } from "./outcome.ts";
import type { Runner } from "./run.ts";

/** `looped`: noticed, as a run that did not end. `uncovered`: no test meets the changed code. */
type Verdict = "killed" | "looped" | "survived" | "uncovered";

export interface Judged {
  mutant: Mutant;
  verdict: Verdict;
  /** What noticed it; "" for nothing. */
  by: string;
  /** It survived the tests that fit into its time; slower ones that meet it were not run. */
  cut: boolean;
}

/** What the start of a test file costs, ms, by suite. Files of these two suites share a runtime. */
const START_MS = { unit: 300, property: 500 } as Record<string, number>;
/** A file with a runtime of its own. */
const OWN_START_MS = 2_500;
/** The cheapest tests run first and alone: they notice most mutants. */
const FIRST_MS = 8_000;
/** A run that takes longer than this, beside its time without a mutant, counts as one without end. */
const PATIENCE = { factor: 4, ms: 30_000 };
/** Times that switched code may be met in a run, for each time it was met without a mutant. */
const HITS = { factor: 200, least: 5_000 };

/**
 * @param tests All that passed without a mutant.
 * @param budgetMs For the tests of one mutant, as they took without it.
 */
export async function judge(
  runner: Runner,
  mutant: Mutant,
  tests: readonly Tested[],
  budgetMs: number,
): Promise<Judged> {
  const meeting = testsMeeting(mutant.id, tests);
  if (meeting.length === 0) return { mutant, verdict: "uncovered", by: "", cut: false };
  const { rounds, cut } = roundsOf(meeting, budgetMs);
  const hits = Math.max(HITS.least, HITS.factor * Math.max(...meeting.map(({ met }) => met[mutant.id] ?? 0)));
  for (const round of rounds) {
    const run = () =>
      runner.run(
        { active: mutant.id, hits, tests: round.map(({ name }) => name), files: filesOf(round) },
        PATIENCE.factor * costOf(round) + PATIENCE.ms,
      );
    let outcome = await run();
    // A start may fail by chance; code that cannot be loaded fails twice.
    if (outcome.kind === "crashed") outcome = await run();
    if (outcome.kind === "hung") return { mutant, verdict: "looped", by: "a run without end", cut: false };
    if (outcome.kind === "crashed") return { mutant, verdict: "killed", by: "a run without a report", cut: false };
    const { tests: ran, broken } = outcome.report;
    const by = ran.find(({ state }) => state === "failed")?.name ?? broken[0];
    if (by !== undefined) return { mutant, verdict: "killed", by, cut: false };
  }
  return { mutant, verdict: "survived", by: "", cut };
}

/** Tests that run the changed code. If it only runs while modules are loaded: all tests of the files that load it. */
function testsMeeting(id: string, tests: readonly Tested[]) {
  const meeting = tests.filter(({ met }) => met[id]);
  if (meeting.length > 0) return meeting;
  const loading = new Set(tests.filter(({ loaded }) => loaded[id]).map(({ file }) => file));
  return tests.filter(({ file }) => loading.has(file));
}

/** The files of these tests, those of a suite together: they may share a runtime. */
function filesOf(tests: readonly Tested[]) {
  const files = new Map(tests.map(({ project, file }) => [file, { project, file }]));
  return [...Map.groupBy(files.values(), ({ project }) => project).values()].flat();
}

function costOf(tests: readonly Tested[]) {
  const files = new Map(tests.map(({ file, project }) => [file, START_MS[project] ?? OWN_START_MS]));
  return [...tests.map(({ ms }) => ms), ...files.values()].reduce((sum, ms) => sum + ms, 0);
}

/** The tests in two rounds, the cheapest files first, as many as the budget has room for. */
function roundsOf(tests: readonly Tested[], budgetMs: number) {
  const byFile = new Map<string, Tested[]>();
  for (const test of tests) byFile.set(test.file, [...(byFile.get(test.file) ?? []), test]);
  const files = [...byFile.values()].sort((a, b) => costOf(a) - costOf(b));
  const rounds: [Tested[], Tested[]] = [[], []];
  let spent = 0;
  let cut = false;
  for (const file of files) {
    const cost = costOf(file);
    // The cheapest file always runs.
    if (spent > 0 && spent + cost > budgetMs) cut = true;
    else rounds[spent === 0 || spent + cost <= FIRST_MS ? 0 : 1].push(...file);
    spent += cost;
  }
  return { rounds: rounds.filter((round) => round.length > 0), cut };
}

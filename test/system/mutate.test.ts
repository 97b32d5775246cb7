import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "../../scripts/install.ts";
import { Runner } from "../../scripts/mutate/run.ts";

/** Mutants are judged one after another by one process: none may be judged by what another has left. */

const FILE = "src/core/network/distance.ts";
const TEST = { project: "unit", file: "test/unit/distance.test.ts" };

/** The code with switches in the places where the mutators would write them. */
const on = (id: string): string => `globalThis.__stryker__?.activeMutant === "${id}"`;
const CODE = readFileSync(join(root, FILE), "utf8")
  .replace("Math.PI / 180", `${on("loaded")} ? Math.PI * 180 : Math.PI / 180`)
  .replace("  if (rtt === null", `  if (${on("called")}) return 7;\n  while (${on("endless")});\n  if (rtt === null`);

const runner = new Runner({ files: { [FILE]: CODE }, suites: ["unit"], atOnce: 1, bail: true });
afterAll(() => runner.end());

const PATIENCE_MS = 60_000;

/** How each test ended with this switch on. */
async function states(active: string | null, tests: string[] | null = null): Promise<string[]> {
  const outcome = await runner.run({ active, hits: Number.MAX_SAFE_INTEGER, tests, files: [TEST] }, PATIENCE_MS);
  return outcome.kind === "report" ? outcome.report.tests.map(({ state }) => state) : [outcome.kind];
}

const passed = () => Array.from({ length: 13 }, () => "passed");

describe("a process that judges mutants", () => {
  it("runs the code as it is where no switch is on", async () => {
    expect(await states(null)).toEqual(passed());
  });

  it("turns a switch on for one run, which ends with the first test that fails", async () => {
    const [first, ...others] = await states("called");
    expect([first, new Set(others)]).toEqual(["failed", new Set(["skipped"])]);
    expect(await states(null)).toEqual(passed());
  });

  it("loads the code anew: what it does while it is loaded, it does with the run's own switch", async () => {
    expect(await states("loaded")).toContain("failed");
    expect(await states(null)).toEqual(passed());
    expect(await states("loaded")).toContain("failed");
  });

  it("runs the tests that were asked for, and says of the others that they did not run", async () => {
    const name = "what distance does not explain of a round trip > is nothing for somebody nearby with a usual line";
    const all = await states("loaded", [`${TEST.file} > ${name}`]);
    expect(all.sort()).toEqual(["passed", ...passed().fill("skipped").slice(1)]);
  });

  it("gives up a run without end, and is there for the next", async () => {
    const plan = { active: "endless", hits: Number.MAX_SAFE_INTEGER, tests: null, files: [TEST] };
    expect(await runner.run(plan, 5_000)).toEqual({ kind: "hung" });
    expect(await states(null)).toEqual(passed());
  });
});

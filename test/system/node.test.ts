import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isNewEnough } from "../../scripts/lib/node.mjs";

const scripts = new URL("../../scripts/", import.meta.url).pathname;

test.each([
  ["18.20.8", false],
  ["20.20.2", false],
  ["22.17.9", false],
  ["22.18.0", true],
  ["22.23.3", true],
  ["23.5.0", false],
  ["23.6.0", true],
  ["24.0.0", true],
  ["100.1.0", true],
])("Node %s is new enough for the tools: %s", (version, isEnough) => {
  expect(isNewEnough(version)).toBe(isEnough);
});

describe("under an older Node", () => {
  let project: string;

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), "pulsegate-node-"));
    mkdirSync(join(project, "scripts/lib"), { recursive: true });
    for (const file of ["launch.mjs", "node-path.mjs", "lib/node.mjs"]) {
      cpSync(join(scripts, file), join(project, "scripts", file));
    }
  });

  afterEach(() => rmSync(project, { recursive: true }));

  /** Runs a script as Node 20 would, with an npm that does this. */
  function run(args: string[], npm: string) {
    const bin = join(project, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "npm"), `#!/bin/sh\n${npm}\n`);
    chmodSync(join(bin, "npm"), 0o755);
    const older = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })";
    return spawnSync(process.execPath, ["--import", `data:text/javascript,${older}`, ...args], {
      cwd: project,
      encoding: "utf8",
      env: { ...process.env, PATH: `${bin}${delimiter}${dirname(process.execPath)}${delimiter}${process.env["PATH"]}` },
    });
  }

  const link = `mkdir -p node_modules/node/bin && ln -s '${process.execPath}' node_modules/node/bin/node`;

  test("a newer one is fetched into .node, once, and the command goes on with it", () => {
    writeFileSync(
      join(project, "hello.mjs"),
      "console.log('hello', process.argv.slice(2), process.env.PATH.split(':')[0])",
    );
    const { status, stdout, stderr } = run(["scripts/launch.mjs", "hello.mjs", "--flag"], link);
    expect(stderr).toMatch(/needs Node 22\.18 or newer; this is 20\.20\.2\.\nFetching Node 24/);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^hello \[ '--flag' \] .*\/\.node\/24/),
    });

    rmSync(join(project, "bin"), { recursive: true });
    const again = run(["scripts/node-path.mjs"], "exit 1");
    expect({ status: again.status, stderr: again.stderr }).toEqual({ status: 0, stderr: "" });
    expect(existsSync(join(again.stdout.trim(), "node"))).toBe(true);
  });

  test.each([
    ["npm fails", "exit 1"],
    ["its binary is not there afterwards", "exit 0"],
  ])("it says what to do where %s, ends with 1, and leaves nothing half-done", (_, npm) => {
    const { status, stdout, stderr } = run(["scripts/launch.mjs", "hello.mjs"], npm);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("Install it yourself (https://nodejs.org), and try again.");
    expect(readdirSync(join(project, ".node"))).toEqual([]);
  });

  test("a command's exit code is passed on", () => {
    writeFileSync(join(project, "fail.mjs"), "process.exit(7)");
    expect(run(["scripts/launch.mjs", "fail.mjs"], link).status).toBe(7);
  });
});

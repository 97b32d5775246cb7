import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { ANSWER_DAYS, faultsOf, findingsIn } from "../../scripts/audit/judge.ts";

const root = new URL("../..", import.meta.url).pathname;
const NOW = Date.parse("2026-11-30");

const finding = { id: "GHSA-aaaa-bbbb-cccc", package: "uplot", title: "a chart that runs text", severity: "high" };
const answer = { id: finding.id, package: "uplot", reason: "Charts show numbers only.", date: "2026-11-01" };

/** What a command of the project prints, and ends with. */
function run(command: string[], env: Record<string, string> = {}): Promise<{ code: number | null; output: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, command, { cwd: root, env: { ...process.env, ...env } });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("exit", (code) => done({ code, output }));
  });
}

/** A registry on this machine that is asked for advisories alone. */
async function registry(status: number, body: object): Promise<Record<string, string>> {
  const server = createServer((request, response) => {
    const isAudit = request.url?.includes("/advisories/bulk") ?? false;
    response.writeHead(isAudit ? status : 404, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    request.resume();
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(() => void server.close());
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/`;
  return { npm_config_registry: url, npm_config_fetch_retries: "0" };
}

describe("what the registry has found", () => {
  test("is every advisory once, whatever depends on it", () => {
    const advisory = {
      source: 1,
      name: "uplot",
      title: finding.title,
      severity: "high",
      url: `https://github.com/advisories/${finding.id}`,
    };
    const report = { vulnerabilities: { uplot: { via: [advisory] }, chart: { via: ["uplot", advisory] } } };
    expect(findingsIn(JSON.stringify(report))).toEqual([finding]);
    expect(findingsIn('{"vulnerabilities":{}}')).toEqual([]);
  });

  test.each(["", "x", "null", "{}", '{"message":"405 Method Not Allowed"}', '{"error":{"code":"ENOLOCK"}}'])(
    "is not known where it says %j",
    (printed) => {
      expect(findingsIn(printed)).toBeNull();
    },
  );
});

describe("a finding", () => {
  test("is answered with a reason and a day, for that package alone", () => {
    expect(faultsOf([finding], [answer], NOW)).toEqual([]);
    expect(faultsOf([], [], NOW)).toEqual([]);
    expect(faultsOf([finding], [], NOW)).toEqual([expect.stringMatching(/^unanswered: GHSA-aaaa.* \(high\) in uplot/)]);
    expect(faultsOf([{ ...finding, package: "other" }], [answer], NOW)).toHaveLength(2);
  });

  test.each([
    [{ reason: " " }, "not an answer"],
    [{ date: "" }, "not an answer"],
    [{ date: "1.11.2026" }, "not an answer"],
    [{ date: "2026-12-01" }, "not an answer"],
    [{ date: "2026-02-01" }, "old"],
  ])("is not answered by %j", (change, fault) => {
    expect(faultsOf([finding], [{ ...answer, ...change }], NOW)).toEqual([expect.stringContaining(fault)]);
  });

  test("that is gone needs no answer any more, and an answer holds for so many days", () => {
    expect(faultsOf([], [answer], NOW)).toEqual([expect.stringContaining("no longer found")]);
    const last = new Date(NOW - ANSWER_DAYS * 86_400_000).toISOString().slice(0, 10);
    expect(faultsOf([finding], [{ ...answer, date: last }], NOW)).toEqual([]);
  });
});

describe("npm run audit", () => {
  test("ends with 2, and says why, where the registry does not answer", async () => {
    const { code, output } = await run(["scripts/audit.ts"], await registry(405, {}));
    expect(code, output).toBe(2);
    expect(output).toContain("The registry does not answer for .: 405 Method Not Allowed");
    expect(output).toContain("Nothing is known of vulnerabilities");
  });

  test("ends with 1 for what is found and not answered, and with 0 where nothing is", async () => {
    const url = `https://github.com/advisories/${finding.id}`;
    const found = { uplot: [{ id: 1, url, title: finding.title, severity: "high", vulnerable_versions: "*" }] };
    const unanswered = await run(["scripts/audit.ts"], await registry(200, found));
    expect(unanswered.code, unanswered.output).toBe(1);
    expect(unanswered.output).toContain(`unanswered: ${finding.id} (high) in uplot`);
    const clean = await run(["scripts/audit.ts"], await registry(200, {}));
    expect(clean.code, clean.output).toBe(0);
  });
});

describe("npm run licences", () => {
  test("holds the notices to what is bundled, and lists all of it", async () => {
    const { code, output } = await run(["scripts/licences.ts", "--check"]);
    expect(code, output).toBe(0);
    const { output: list } = await run(["scripts/licences.ts", "--list"]);
    // A direct one, a transitive one, what a package has swallowed, and data.
    for (const name of ["zod", "@stablelib/base64", "postcss", "airport-data-js"]) expect(list).toContain(`${name}`);
    const notices = readFileSync(`${root}THIRD-PARTY.txt`, "utf8");
    for (const line of list.trim().split("\n")) expect(notices).toContain(line.split(":")[0]?.split(" ")[0] ?? line);
  });
});

test("every test that SECURITY.md names is there", () => {
  const named = readFileSync(`${root}SECURITY.md`, "utf8").match(/(test|scripts)\/[\w/-]+(\.test)?\.(ts|mjs)/g) ?? [];
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((file) => !existsSync(root + file))).toEqual([]);
});

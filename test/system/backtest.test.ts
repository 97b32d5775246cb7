import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Backtest } from "../../src/ops/backtest";
import { type LocalServer, startServer } from "../local/server.ts";
import { until } from "../local/until.ts";
import { PAGE, post } from "./helpers";

let server: LocalServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const today = (offset = 0): string => new Date(Date.now() + offset).toISOString().slice(0, 10);

/** The command as a person runs it: over midnight two days are asked for. */
function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const range = ["--from", today(-3_600_000), "--to", today()];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [new URL("../../scripts/backtest.ts", import.meta.url).pathname, ...range, ...args],
    { encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

it("npm run backtest reads a running server's archive, or a stopped one's folder, and says what a weight would change", async () => {
  const clicks = { event_type: "click", page: PAGE, x: 5, y: 5, data: { trusted: false } };
  for (const webdriver of [true, false]) {
    const session_id = crypto.randomUUID();
    const start = { page: PAGE, signals: { webdriver } };
    const events = webdriver ? [{ event_type: "page_view", page: PAGE }] : new Array(6).fill(clicks);
    await post(server, "/track/events/batch", { session_id, stream: "s", first: 1, start, events, end: {} });
    await until(async () => (await server.api(`/analytics/sessions/${session_id}`)).ok, "the session to be written");
  }
  const weight = ["--weight", "bot.webdriver=1"];
  const served = run("--url", server.url, "--json", ...weight);
  expect(served.status, served.stderr).toBe(0);
  const result = JSON.parse(served.stdout) as Backtest;
  expect(result).toMatchObject({ sessions: 2, incomplete: 0, changed: [{ before: "bot", after: "human" }] });
  const wrong = run("--url", server.url, "--weight", "bot.none=1");
  expect(wrong).toMatchObject({ status: 2, stderr: expect.stringContaining("bot.none") });
  await server.kill();
  const text = run("--state", server.state, ...weight).stdout;
  expect(text).toContain(`2 sessions begun from ${today(-3_600_000)}`);
  expect(text).toContain("bot → human");
  expect(text).toContain(result.changed[0]?.session_id);
});

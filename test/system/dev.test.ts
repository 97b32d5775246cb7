import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { freePort } from "../../scripts/lib/listen.ts";
import { until } from "../local/until.ts";

const script = new URL("../../scripts/dev.ts", import.meta.url).pathname;

const dev = (args: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [script, ...args], {
    encoding: "utf8",
    timeout: 60_000,
    env: { ...process.env, ...env },
  });

describe("npm run dev", () => {
  test.each(["--help", "-h"])("says with %s what it takes, and starts nothing", (flag) => {
    const { status, stdout, stderr } = dev([flag]);
    expect(status).toBe(0);
    for (const name of ["PORT", "STATE_DIR", "RATE_LIMIT", "LOG_LEVEL"]) expect(stdout).toContain(name);
    expect(stderr).toBe("");
  });

  test.each(["abc", "0", "-1", "65536", "80.5", ""])("refuses PORT=%j with a sentence and exit code 2", (PORT) => {
    const { status, stdout, stderr } = dev([], { PORT });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toBe(`PORT must be a number from 1 to 65535, not ${PORT}.\n`);
  });

  test("names a port that is in use, says what to do, and exits with 1", async () => {
    const other = createServer();
    const port = await new Promise<number>((done) => {
      other.listen(0, "127.0.0.1", () => {
        const address = other.address();
        done(typeof address === "object" && address ? address.port : 0);
      });
    });
    try {
      const { status, stderr } = dev([], { PORT: String(port) });
      expect(status).toBe(1);
      expect(stderr).toMatch(new RegExp(`^Port ${port} is in use\\. .*PORT=\\d+`));
    } finally {
      other.close();
    }
  });

  test("says when it is ready where the demo and the API are, and the key; Ctrl-C ends all of it", async () => {
    const port = await freePort();
    const state = mkdtempSync(join(tmpdir(), "pulsegate-dev-"));
    const env = { ...process.env, PORT: String(port), STATE_DIR: state };
    const child = spawn(process.execPath, [script], { detached: true, stdio: ["ignore", "pipe", "pipe"], env });
    const ended = new Promise<number | null>((done) => child.once("exit", done));
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    try {
      await until(() => output.includes("PulseGate is running"), "the ready message");
      await until(() => output.includes("Ctrl-C"), "the end of the ready message");
      const key = /Key +(\S+)/.exec(output)?.[1] ?? "";
      const demo = /Demo page +(\S+)/.exec(output)?.[1] ?? "";
      const api = /API +(\S+)/.exec(output)?.[1] ?? "";
      expect(output).toContain(state);
      expect((await fetch(demo)).status).toBe(200);
      expect((await fetch(api)).status).toBe(401);
      expect((await fetch(api, { headers: { Authorization: `Bearer ${key}` } })).status).toBe(200);
      process.kill(child.pid ?? 0, "SIGINT");
      await ended;
      await until(
        () =>
          fetch(api).then(
            () => false,
            () => true,
          ),
        "the port to be free",
      );
    } finally {
      // Whatever is left of the group.
      if (child.pid && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
      rmSync(state, { recursive: true, force: true });
    }
  });
});

import { parseEnv } from "node:util";
import { describe, expect, test } from "vitest";
import { startOf } from "../../scripts/lib/dev-options.ts";

/** What the local server is started with. */

function started(args: string[], env: Record<string, string> = {}, variables = "") {
  const start = startOf(args, env, parseEnv(variables));
  if ("refusal" in start) throw new Error(start.refusal);
  const options = start.options(9_229);
  return { ...start, options, of: (name: string) => options.filter((one) => one.split("=")[0] === name).length };
}

describe("npm run dev", () => {
  test("sets what nobody has set", () => {
    const { port, state, options } = started([]);
    expect({ port, state }).toEqual({ port: 8787, state: ".state" });
    expect(options.join(" ")).toContain("--env development --port 8787 --inspector-port 9229 --persist-to /");
    expect(options).toContain("--test-scheduled");
  });

  test.each([
    [["--inspector-port", "9999"], "--inspector-port"],
    [["--inspector-port=9999"], "--inspector-port"],
    [["--port", "8790"], "--port"],
    [["--persist-to", "/tmp/other"], "--persist-to"],
    [["--log-level=debug"], "--log-level"],
    [["--env", "staging"], "--env"],
    [["--test-scheduled"], "--test-scheduled"],
  ])("names an option once, as %j has it", (args, name) => {
    const { options, of } = started(args);
    expect(of(name)).toBe(1);
    expect(options.slice(-args.length)).toEqual(args);
  });

  test("takes port and folder from its arguments first, and from the environment else", () => {
    const env = { PORT: "8001", STATE_DIR: "/tmp/a" };
    expect(started([], env)).toMatchObject({ port: 8001, state: "/tmp/a" });
    expect(started(["--port=8002", "--persist-to", "/tmp/b"], env)).toMatchObject({ port: 8002, state: "/tmp/b" });
    expect(startOf(["--port", "x"], env, {})).toEqual({ refusal: "PORT must be a number from 1 to 65535, not x." });
  });

  test.each(["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])("is for this machine on %s", (ip) => {
    expect(started(["--ip", ip]).options).toContain("--test-scheduled");
  });

  const OWN = "ANALYTICS_API_KEY=a-key-of-my-own-choice";

  test.each<[string, string[], string]>([
    ["0.0.0.0", [], ""],
    ["::", [], ""],
    ["192.168.1.2", [], "OTHER=1"],
    ["127.0.0.1.example", [], ""],
    ["0.0.0.0", [], "ANALYTICS_API_KEY=pulsegate-development-key"],
    ["0.0.0.0", [], "ANALYTICS_API_KEY="],
    ["0.0.0.0", [], "ANALYTICS_API_KEY=short"],
    ["0.0.0.0", ["--var", "ANALYTICS_API_KEY:pulsegate-development-key"], OWN],
    ["0.0.0.0", [], `${OWN}\nANALYTICS_API_KEY=pulsegate-development-key`],
    ["0.0.0.0", [], "ANALYTICS_API_KEY=`pulsegate-development-key`"],
    ["0.0.0.0", [], "ANALYTICS_API_KEY=pulsegate-development-key#mine"],
  ])("refuses to open %s to others with a key that they know: %j, %j", (ip, args, variables) => {
    expect(startOf(["--ip", ip, ...args], {}, parseEnv(variables))).toEqual({
      refusal: expect.stringContaining(".dev.vars"),
    });
    expect(startOf([`--ip=${ip}`, ...args], {}, parseEnv(variables))).toHaveProperty("refusal");
  });

  test("refuses a tunnel with that key, and opens one with another", () => {
    expect(startOf(["--tunnel"], {}, {})).toEqual({ refusal: expect.stringContaining("--tunnel") });
    expect(started(["--tunnel"], {}, OWN).options).not.toContain("--test-scheduled");
  });

  test("answers this machine where it listens, and says whose key it has", () => {
    expect(started([])).toMatchObject({ host: "127.0.0.1", isDevelopmentKey: true });
    expect(started(["--ip", "0.0.0.0"], {}, OWN)).toMatchObject({ host: "127.0.0.1", isDevelopmentKey: false });
    expect(started(["--ip", "192.168.1.2"], {}, OWN)).toMatchObject({ host: "192.168.1.2" });
  });

  test.each<[string[], string]>([
    [[], OWN],
    [[], `OTHER=1\n  ANALYTICS_API_KEY = "a-key-of-my-own-choice"\n`],
    [["--var", "X:1", "--var", "ANALYTICS_API_KEY:a-key-of-my-own-choice"], ""],
  ])("opens with a key of one's own, and runs no cron for others: %j, %j", (args, variables) => {
    expect(started(["--ip", "0.0.0.0", ...args], {}, variables).options).not.toContain("--test-scheduled");
  });
});

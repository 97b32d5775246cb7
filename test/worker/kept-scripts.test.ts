import { createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/bindings";
import { putKeptVersions, putScript, readKeptVersions } from "../../src/data/store/scripts";
import { keepScripts } from "../../src/edge/http/keep-scripts";
import { SCRIPT_NAMES, scriptFacts, scriptText } from "../../src/edge/http/scripts";
import worker from "../../src/index";
import { SCRIPT_KEPT_SECONDS, SCRIPT_RENEW_MS } from "../../src/limits";
import { DAY_MS, HOUR_MS } from "../../src/time";
import { problemOf } from "./helpers";

const kv = env.TRACKING_KV;

interface Puts {
  name: string;
  ttl: number;
}

/** KV that counts what is asked of it. */
function counted() {
  const reads: string[] = [];
  const puts: Puts[] = [];
  const counting = {
    get: (name: string) => {
      reads.push(name);
      return kv.get(name);
    },
    put: (name: string, text: string, { expirationTtl: ttl = 0 } = {}) => {
      puts.push({ name, ttl });
      return kv.put(name, text, { expirationTtl: ttl });
    },
  };
  return { reads, puts, env: { ...env, TRACKING_KV: counting as unknown as KVNamespace } };
}

const ask = (path: string, own: Env = env): Promise<Response> =>
  worker.fetch(new Request(`https://pulse.example${path}`) as Parameters<typeof worker.fetch>[0], own);

/** Only on: what an isolate has learnt must not come from a future. */
let clock = Date.now();

/** What an isolate knows of KV is a minute old at most. */
function later(): void {
  clock += 2 * 60_000;
  vi.setSystemTime(clock);
}

afterEach(() => vi.useRealTimers());

describe("the scripts of this version", () => {
  it("are written by the cron where the version is new, and then once a day", async () => {
    const { puts, env: own } = counted();
    const now = Date.now();
    expect(await keepScripts(own, now)).toBe(SCRIPT_NAMES.length);
    const version = scriptFacts("tracker.js", false)?.version;
    expect(puts).toContainEqual({ name: `script:${version}:tracker.js`, ttl: SCRIPT_KEPT_SECONDS });
    expect(puts.at(-1)?.name).toBe("scripts");
    expect(await kv.get(`script:${version}:tracker.js`)).toBe(scriptText("tracker.js", false));

    for (const hours of [0, 1, 23]) expect(await keepScripts(own, now + hours * HOUR_MS)).toBe(0);
    expect(puts).toHaveLength(SCRIPT_NAMES.length + 1);
    expect(await keepScripts(own, now + SCRIPT_RENEW_MS)).toBe(SCRIPT_NAMES.length);
    // Written a day before a deploy, they are there for a day and an hour after it: as long as a browser may ask for them.
    expect(SCRIPT_KEPT_SECONDS * 1_000 - SCRIPT_RENEW_MS).toBeGreaterThan(25 * HOUR_MS);
  });

  it("are written as they go below a prefix, too, where there is one", async () => {
    const { puts, env: own } = counted();
    await keepScripts({ ...own, INGEST_PREFIX: "shelf" }, Date.now() + 10 * DAY_MS);
    const names = puts.map(({ name }) => name);
    for (const isNeutral of [false, true])
      expect(names).toContain(`script:${scriptFacts("acts.js", isNeutral)?.version}:acts.js`);
    expect(names).toHaveLength(2 * SCRIPT_NAMES.length + 1);
  });

  it("are written by the schedule of every five minutes", async () => {
    const { puts, env: own } = counted();
    const controller = createScheduledController({ scheduledTime: Date.now() + 30 * DAY_MS, cron: "*/5 * * * *" });
    await worker.scheduled(controller, own);
    expect(puts.filter(({ name }) => name.startsWith("script:"))).toHaveLength(SCRIPT_NAMES.length);
  });

  it("leave versions in the index that are still there, and no others", async () => {
    const now = Date.now() + 60 * DAY_MS;
    const gone = now - SCRIPT_KEPT_SECONDS * 1_000;
    await putKeptVersions(kv, { "0000000000aa": gone + 1, "0000000000bb": gone });
    await keepScripts(env, now);
    const kept = await readKeptVersions(kv);
    expect(kept["0000000000aa"]).toBe(gone + 1);
    expect(kept["0000000000bb"]).toBeUndefined();
  });
});

describe("the scripts of a version before", () => {
  const VERSION = "0123456789ab";
  const TEXT = "/* of the version before */";

  async function deployedBefore(): Promise<void> {
    await putScript(kv, VERSION, "acts.js", TEXT);
    await putKeptVersions(kv, { [VERSION]: Date.now() });
    later();
  }

  it("are found a minute after they are there, however often somebody asks meanwhile", async () => {
    await putKeptVersions(kv, {});
    later();
    expect((await ask(`/v/${VERSION}/acts.js`)).status).toBe(404);
    await putScript(kv, VERSION, "acts.js", TEXT);
    await putKeptVersions(kv, { [VERSION]: Date.now() });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) {
      clock += 20_000;
      vi.setSystemTime(clock);
      statuses.push((await ask(`/v/${VERSION}/acts.js`)).status);
    }
    expect(statuses).toEqual([404, 404, expect.any(Number), 200]);
  });

  it("are served as they were, for ever", async () => {
    await deployedBefore();
    const response = await ask(`/v/${VERSION}/acts.js`);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(TEXT);
    expect(response.headers.get("Content-Type")).toMatch(/^text\/javascript/);
    expect(response.headers.get("Cache-Control")).toContain("immutable");
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(response.headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
    expect(response.headers.get("ETag")).toBe(`"${VERSION}"`);
    expect(response.headers.get("SourceMap")).toBeNull();
  });

  it("are served below the prefix by their names there", async () => {
    await deployedBefore();
    const own = { ...env, INGEST_PREFIX: "shelf" };
    expect(await (await ask(`/shelf/v/${VERSION}/a.js`, own)).text()).toBe(TEXT);
  });

  it.each(["tracker.js", "acts.js.map", "nothing.js", "constructor"])(
    "are those that were written, and no others: %s",
    async (name) => {
      await deployedBefore();
      const response = await ask(`/v/${VERSION}/${name}`);
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      await problemOf(response, "not_found");
    },
  );

  it("cost a read of KV once a minute, whoever asks for what", async () => {
    await deployedBefore();
    const { reads, env: own } = counted();
    for (let i = 0; i < 50; i++) {
      const made = crypto.randomUUID().replaceAll("-", "").slice(0, 12);
      const response = await ask(`/v/${made}/acts.js`, own);
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      await problemOf(response, "not_found");
    }
    expect(reads).toEqual(["scripts"]);
    for (let i = 0; i < 5; i++) {
      await ask(`/v/${VERSION}/acts.js`, own);
      await ask(`/v/${VERSION}/lead.js`, own);
    }
    expect(reads).toEqual(["scripts", `script:${VERSION}:acts.js`, `script:${VERSION}:lead.js`]);
  });

  it("are not there for now where KV does not answer", async () => {
    later();
    const TRACKING_KV = { get: () => Promise.reject(new Error("KV is away")) } as unknown as KVNamespace;
    const response = await ask(`/v/${VERSION}/acts.js`, { ...env, LOG_LEVEL: "error", TRACKING_KV });
    await problemOf(response, "unavailable");
  });
});

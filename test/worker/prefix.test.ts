import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/bindings";
import { arrive } from "../../src/edge/http/arrive";
import { FILES, NOTICES, PATHS, prefixOf, usualPath } from "../../src/edge/http/neutral-names";
import { SCRIPT_NAMES, scriptFacts, scriptText } from "../../src/edge/http/scripts";
import { routes } from "../../src/edge/routes";
import worker from "../../src/index";
import { TRACK_PER_MINUTE } from "../../src/limits";
import { createLogger } from "../../src/ops/logger";
import { freshAddress, KEY, PAGE, post } from "../support/visit";
import { type AckBody, batchOf, Client, newId, problemOf } from "./helpers";

const PREFIX = "shelf";
const prefixed = (more: Partial<Env> = {}): Env => ({ ...env, INGEST_PREFIX: PREFIX, ...more });

interface Asked extends RequestInit {
  ip?: string;
  env?: Env;
}

/** Asks the Worker with a prefix, as a page of a shop. */
function ask(path: string, { ip = freshAddress(), env: own = prefixed(), ...init }: Asked = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("CF-Connecting-IP", ip);
  const request = new Request(`https://pulse.example${path}`, { redirect: "manual", ...init, headers });
  return worker.fetch(request as Parameters<typeof worker.fetch>[0], own);
}

const send = (path: string, body: unknown, init: Asked = {}): Promise<Response> =>
  ask(path, { ...init, method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });

const versionOf = (name: string): string => scriptFacts(name, true)?.version ?? "";

/** What lists of filters look for in an address. */
const TELLING = /track|analytic|pulse|pixel|beacon|collect|event|session|visit|lead|log|stat|metric|finger|record/i;

describe("INGEST_PREFIX", () => {
  it.each([["shelf"], ["a"], ["my-shop-2"], ["x".repeat(32)], ["leads"], ["vv"]])("may be %s", (setting) => {
    expect(prefixOf(setting)).toBe(`/${setting}`);
  });

  it.each([
    ["/shelf"],
    ["shelf/"],
    ["a/b"],
    ["Shelf"],
    ["sh.elf"],
    ["..."],
    ["x".repeat(33)],
    ["é"],
    ["a b"],
    ["shelf\n"],
    ["cdn-cgi"],
    ["dashboard"],
    ["dashboards"],
    ["player-2"],
  ])("may not be %j", (setting) => {
    expect(prefixOf(setting)).toBeNull();
  });

  it("may not be the first segment of any path that there is", () => {
    const firsts = new Set(routes.map(({ path }) => (path.split("/")[1] ?? "").replace("*", "")));
    expect(firsts.size).toBeGreaterThan(10);
    for (const first of firsts) expect(prefixOf(first), first).toBeNull();
  });

  it.each([[undefined], [""]])("may be left out: %j", (setting) => {
    expect(prefixOf(setting)).toBe("");
  });

  it("is ignored where it cannot be one, which the log and the health check say", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const wrong = { ...env, INGEST_PREFIX: "track" };
    const taken = await send("/track/events/batch", batchOf(newId()), { env: wrong });
    expect(taken.status).toBe(200);
    const health = await ask("/health?deep=1", { env: wrong });
    expect(health.status).toBe(503);
    const { status, checks } = await health.json<{ status: string; checks: Record<string, string> }>();
    expect(status).toBe("failed");
    expect(checks).toMatchObject({ DB: "ok", INGEST_PREFIX: expect.stringContaining("a-z") });
    const lines = said.mock.calls.map(([line]) => JSON.parse(String(line)) as { event: string });
    expect(lines.filter(({ event }) => event === "ingest_prefix_invalid")).toHaveLength(1);
    said.mockRestore();
    expect(await (await ask("/health?deep=1")).json()).toMatchObject({ status: "ok" });
  });

  it("opens nothing where it is not set", async () => {
    await problemOf(await ask(`/${PREFIX}/s.js`, { env }), "not_found");
    await problemOf(await ask("//s.js", { env }), "not_found");
  });
});

describe("names below the prefix", () => {
  it("have no word that a list of filters looks for", () => {
    const names = [...Object.values(FILES), ...Object.values(PATHS), NOTICES.neutral];
    expect(names.filter((name) => TELLING.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it("are there for each path that a page sends to", () => {
    const asked = routes.map(({ path }) => path).filter((path) => /^\/(track|lead)(\/|$)/.test(path));
    // The CRM is no page: it calls from a server.
    const own = asked.filter((path) => path !== "/lead/callback" && !path.startsWith("/lead/forms/"));
    expect(Object.keys(PATHS).sort()).toEqual(own.sort());
    expect(usualPath("/c/shop/contact")).toBe("/lead/forms/shop/contact");
  });
});

describe.each([
  ["s.js", "pulse.js"],
  ["t.js", "tracker.js"],
  ["f.js", "form.js"],
])("/shelf/%s", (neutral, name) => {
  it("is the script, for any origin, and tells nobody what it is", async () => {
    const response = await ask(`/${PREFIX}/${neutral}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toMatch(/^text\/javascript/);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(response.headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
    expect(response.headers.get("Cache-Control")).toMatch(/public, max-age=3600/);
    expect(response.headers.get("SourceMap")).toBeNull();
    expect(response.headers.get("Link")).toBe('</shelf/n.txt>; rel="license"');
    const tag = response.headers.get("ETag") ?? "";
    expect(tag).toBe(`"${versionOf(name)}"`);
    expect(tag).not.toBe((await ask(`/${name}`)).headers.get("ETag"));
    const again = await ask(`/${PREFIX}/${neutral}`, { headers: { "If-None-Match": tag } });
    expect(again.status).toBe(304);
  });

  it("is the same under its own version, for ever", async () => {
    const response = await ask(`/${PREFIX}/v/${versionOf(name)}/${neutral}`);
    expect(response.headers.get("Cache-Control")).toContain("immutable");
    expect(response.headers.get("SourceMap")).toBeNull();
    expect(await response.text()).toBe(await (await ask(`/${PREFIX}/${neutral}`)).text());
    const usual = scriptFacts(name, false)?.version ?? "";
    await problemOf(await ask(`/${PREFIX}/v/${usual}/${neutral}`), "not_found");
    await problemOf(await ask(`/${PREFIX}/v/${versionOf(name)}/${neutral}.map`), "not_found");
  });
});

describe("a script below the prefix", () => {
  const integrityOf = async (text: string): Promise<string> => {
    const digest = await crypto.subtle.digest("SHA-384", new TextEncoder().encode(text));
    return `sha384-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
  };

  it.each(SCRIPT_NAMES)("is served as the build has hashed it: %s", async (name) => {
    const response = await ask(`/${PREFIX}/v/${versionOf(name)}/${FILES[name]}`);
    expect(response.status).toBe(200);
    expect(await integrityOf(await response.text())).toBe(scriptFacts(name, true)?.integrity);
  });

  /** What each script asks for; a name that is written another way is not found, and stays as it was. */
  it.each([
    ["tracker.js", ["/m", "/o", "/x", "/t.js", "/s.js", "a.js"]],
    ["pulse.js", ["/m", "/o", "/x", "/t.js", "/s.js", "a.js", "q.js"]],
    ["form.js", ["/t.js", "/s.js", "q.js"]],
    ["acts.js", ["/w?id=", "./d.js", "./g.js", "./h.js", "./r.js", "./u.js"]],
    ["consent.js", []],
    ["domain.js", []],
    ["vitals.js", []],
    ["lead.js", ["/c?site=", "/c/", "/t.js"]],
    ["recorder.js", ["/k?site="]],
    ["fingerprint.js", []],
  ] as const)("asks for other names, and is the same but for them: %s", (name, names) => {
    const [usual, neutral] = [scriptText(name, false), scriptText(name, true)];
    for (const one of names) expect(neutral, one).toContain(one);
    expect(neutral).not.toMatch(/\/track|\/lead|session_id=|\/v\/undefined/);
    for (const file of SCRIPT_NAMES) expect(neutral, file).not.toContain(file);
    // Put back, it is the usual one: nothing else was touched.
    const places = usual.split(SPLIT);
    expect(neutral.split(places[0] ?? "").length).toBeGreaterThan(1);
    let rest = neutral;
    for (const part of places) {
      const at = rest.indexOf(part);
      expect(at, part.slice(0, 80)).toBeGreaterThanOrEqual(0);
      expect(at, rest.slice(0, 80)).toBeLessThan(24);
      rest = rest.slice(at + part.length);
    }
    expect(rest).toBe("");
  });

  it("finds what it loads later below the prefix", async () => {
    const [path] = /\/v\/[0-9a-f]{12}\//.exec(scriptText("tracker.js", true)) ?? [];
    for (const name of ["a.js", "d.js", "q.js", "r.js"]) {
      const response = await ask(`/${PREFIX}${path}${name}`);
      expect(response.status, name).toBe(200);
      expect(response.headers.get("Cache-Control")).toContain("immutable");
    }
  });
});

/** Every name that may have been replaced. */
const SPLIT =
  /\/v\/[0-9a-f]{12}\/|(?:acts|consent|domain|fingerprint|form|lead|pulse|recorder|tracker|vitals)\.js|\/track\/[a-z/]+|\/lead\/forms\/|\/lead|\?session_id=/;

describe("ingest below the prefix", () => {
  const site = "prefixed";
  const origin = "https://shop.example";

  beforeAll(async () => {
    const settings = { allowed_origins: [origin], record: true };
    const saved = await ask(`/analytics/sites/${site}`, {
      method: "PUT",
      headers: KEY,
      body: JSON.stringify(settings),
    });
    expect(saved.status, await saved.clone().text()).toBe(200);
  });

  it("takes what the usual paths take", async () => {
    const session_id = newId();
    const page = { headers: { Origin: origin } };
    const start = await send("/shelf/o", { session_id, site, page: PAGE }, page);
    expect(start.status, await start.clone().text()).toBe(200);
    expect(start.headers.get("Access-Control-Allow-Origin")).toBe(origin);
    const batch = await send("/shelf/m", batchOf(session_id, { site }), page);
    expect(await batch.json<AckBody>()).toMatchObject({ accepted: 1, ack: { through: 1 } });
    const event = await send("/shelf/n", { session_id, site, event_type: "click" }, page);
    expect(await event.json()).toMatchObject({ accepted: 1 });
    const lead = await send(`/shelf/c?site=${site}`, { email: "ada@shop.example", session_id }, page);
    expect(lead.status, await lead.clone().text()).toBe(202);
    const end = await send("/shelf/x", { session_id, site }, page);
    expect(await end.json()).toMatchObject({ session_id, ended_at: expect.any(Number) });
    await problemOf(await ask(`/shelf/c/${site}/contact`, page), "not_found");
    const chunk = await send(`/shelf/k?site=${site}`, "{}", page);
    await problemOf(chunk, "invalid_body");
  });

  it("takes a page's socket, whose session has another name there", async () => {
    const session_id = newId();
    const headers = { Upgrade: "websocket", Origin: origin };
    await send("/shelf/m", batchOf(session_id, { site }), { headers: { Origin: origin } });
    const response = await ask(`/shelf/w?id=${session_id}&site=${site}`, { headers });
    expect(response.status).toBe(101);
    const client = new Client(response.webSocket as WebSocket);
    const frame = { t: "events", id: 1, ...batchOf(session_id, { site, start: undefined, first: 2 }) };
    expect(await client.call(frame)).toMatchObject({ accepted: 1, ack: { through: 2 } });
    client.socket.close();
  });

  it("refuses what the usual paths refuse: origins, bodies, methods", async () => {
    const page = { headers: { Origin: "https://other.example" } };
    await problemOf(await send("/shelf/m", batchOf(newId(), { site }), page), "origin_not_allowed");
    await problemOf(await send("/shelf/m", "x".repeat(300_000)), "too_large");
    await problemOf(await ask("/shelf/m"), "method_not_allowed");
    await problemOf(await ask(`/shelf/m?${"y".repeat(20_000)}`), "address_too_long");
  });

  it("knows of a sender what the platform says", () => {
    const request = new Request("https://pulse.example/shelf/m?x=1", {
      method: "POST",
      body: "{}",
      cf: { country: "DE", asn: 3320 },
      headers: { Origin: origin },
    });
    const log = createLogger("error", {});
    const arrived = arrive(request as unknown as Request<unknown, CfProperties>, prefixed(), log);
    expect(arrived).toMatchObject({ below: "/shelf", request: { method: "POST", cf: { country: "DE", asn: 3320 } } });
    expect(arrived.request.url).toBe("https://pulse.example/track/events/batch?x=1");
    expect(arrived.request.headers.get("Origin")).toBe(origin);
  });

  it("counts against the same limits", async () => {
    const ip = freshAddress();
    const limits: string[] = [];
    const LIMIT_TRACK = { limit: ({ key }: { key: string }) => Promise.resolve({ success: limits.push(key) < 2 }) };
    const own = prefixed({ LIMIT_TRACK: LIMIT_TRACK as RateLimit });
    expect((await send("/track/events/batch", batchOf(newId()), { ip, env: own })).status).toBe(200);
    await problemOf(await send("/shelf/m", batchOf(newId()), { ip, env: own }), "rate_limited");
    expect(limits[0]).toBe(limits[1]);
    expect(TRACK_PER_MINUTE).toBeGreaterThan(2);
  });

  it.each(["/shelf/m", "/shelf/c", "/shelf/k", "/shelf/c/prefixed/contact"])(
    "answers the preflight of %s",
    async (path) => {
      const headers = { Origin: origin, "Access-Control-Request-Method": "POST" };
      const response = await ask(path, { method: "OPTIONS", headers });
      expect(response.status).toBe(204);
      expect(response.headers.get("Access-Control-Allow-Origin")).toBe(origin);
      expect(response.headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
    },
  );
});

describe("anything else below the prefix", () => {
  const leads = async (): Promise<number> =>
    (await env.DB.prepare("SELECT count(*) AS n FROM lead_submissions").first<{ n: number }>())?.n ?? -1;

  it.each([
    "/shelf",
    "/shelf/",
    "/shelf/old/form.php",
    "/shelf/track/events/batch",
    "/shelf/lead",
    "/shelf/tracker.js",
    "/shelf/analytics/sessions",
    "/shelf/dashboard",
    "/shelf/health",
    "/shelf/c/",
    "/shelf/c/a/b/c",
    "/shelf/v/x",
    "/shelf/shelf/m",
    "/shelf//m",
    "/shelf/s.js.map",
    "/shelf/v/000000000000/s.js",
    "/shelf/w/x",
    "/shelf/callback",
  ])("is nothing, and takes no lead: %s", async (path) => {
    const before = await leads();
    const form = { "Content-Type": "application/x-www-form-urlencoded" };
    const posted = await send(path, "email=ada@shop.example", { headers: form });
    expect([404, 405]).toContain(posted.status);
    expect(await leads()).toBe(before);
    for (const method of ["GET", "OPTIONS"]) {
      const response = await ask(path, { method, headers: { ...KEY, "Access-Control-Request-Method": "POST" } });
      if (method === "OPTIONS" && response.status === 204) expect(response.headers.get("Allow")).toContain("GET");
      else await problemOf(response, "not_found");
      if (method === "GET") expect(response.headers.get("Cache-Control")).toBe("no-store");
    }
  });

  it("is a lead elsewhere, as before", async () => {
    const form = { "Content-Type": "application/x-www-form-urlencoded" };
    const posted = await send("/shelves/old/form.php", "email=ada@shop.example", { headers: form });
    expect(posted.status).toBeLessThan(400);
  });

  it("keeps the usual names open", async () => {
    expect((await ask("/tracker.js")).status).toBe(200);
    expect((await post("/track/events/batch", batchOf(newId()))).status).toBe(200);
  });
});

describe("where a tag is handed out", () => {
  it.each([
    ["/analytics/sites", prefixed(), "/shelf/t.js"],
    ["/analytics/sites/shop", prefixed(), "/shelf/t.js"],
  ])("%s says which script it names", async (path, own, script_path) => {
    const response = await ask(path, { headers: KEY, env: own });
    expect(await response.json()).toMatchObject({ script_path });
    expect((await ask(script_path, { env: own })).status).toBe(200);
  });

  it.each([env, { ...env, INGEST_PREFIX: "track" }])("nothing is said of the usual one", async (own) => {
    const response = await ask("/analytics/sites", { headers: KEY, env: own });
    expect(await response.json()).not.toHaveProperty("script_path");
  });
});

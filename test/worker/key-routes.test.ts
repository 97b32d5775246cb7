import { beforeAll, describe, expect, it, vi } from "vitest";
import { type ApiKey, SCOPES, type Scope } from "../../src/core/api/keys";
import { routes } from "../../src/edge/routes";
import { ask, callOf, identified, KEY, post, someEvents, take } from "../support/visit";
import { flushed, later, newId, problemOf } from "./helpers";

/** Every path that needs a key, walked by the route table: a new one is held to the same. Hundreds of requests a test. */
vi.setConfig({ testTimeout: 120_000 });

/** What opens each that `read` alone does not. */
const OPENED_BY: Record<string, Scope[]> = {
  "GET /metrics": ["inspect"],
  "GET /analytics/storage": ["read", "inspect"],
  "GET /analytics/logs": ["export"],
  "GET /analytics/realtime": ["read", "inspect"],
  "GET /analytics/realtime/stream": ["read", "inspect"],
  "GET /analytics/sessions/:id/live": ["read", "inspect"],
  "GET /analytics/sessions/:id/stream": ["read", "inspect"],
  "POST /analytics/tickets": ["read", "inspect"],
  "GET /analytics/visitors/:id/export": ["export"],
  "DELETE /analytics/visitors/:id": ["admin"],
  "GET /analytics/people": ["export"],
  "DELETE /analytics/people": ["admin"],
  "DELETE /analytics/leads/:id": ["admin"],
  "GET /analytics/erasures/:erasure": ["admin"],
  "PUT /analytics/sites/:site": ["admin"],
  "POST /analytics/rebuild": ["admin"],
  "GET /analytics/keys": ["admin"],
  "POST /analytics/keys": ["admin"],
  "DELETE /analytics/keys/:key": ["admin"],
  "GET /analytics/audit": ["admin"],
  "POST /analytics/deliveries/redeliver": ["admin"],
  "POST /analytics/deliveries/:id/redeliver": ["admin"],
};
const scopesOf = (method: string, path: string): Scope[] => OPENED_BY[`${method} ${path}`] ?? ["read"];

const keyed = routes.filter(({ path }) => path === "/metrics" || path.startsWith("/analytics/"));

type Names = Record<string, string>;

/** A request to a route with these values for its parameters. */
function call(method: string, path: string, headers: Names, names: Names = {}, query = ""): Promise<Response> {
  const url = path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(names[`${path} ${name}`] ?? newId()));
  const upgrade: Names = path.endsWith("/stream") ? { Upgrade: "websocket" } : {};
  const body = method === "POST" || method === "PUT" ? { body: "{}" } : {};
  return ask(url + query, { method, headers: { ...headers, ...upgrade }, ...body });
}

async function makeKey(scopes: Scope[], sites: string[] | null = null): Promise<Names> {
  const body = { name: "a test's", scopes, ...(sites && { sites }) };
  const { data } = await (await post("/analytics/keys", body, { headers: KEY })).json<{
    data: ApiKey & { key: string };
  }>();
  return { Authorization: `Bearer ${data.key}` };
}

describe("every path that needs a key", () => {
  it("answers 401 without one, with a wrong one, and with a good one in the query", async () => {
    const { Authorization = "" } = await makeKey([...SCOPES]);
    const good = Authorization.slice("Bearer ".length);
    const wrong: [Names, string][] = [
      [{}, ""],
      [{ "X-API-Key": `${good}x` }, ""],
      [{}, `?api_key=${good}`],
    ];
    const more: [Names, string][] = [
      [{ Authorization: "Bearer wrong" }, ""],
      [{ Authorization: `Basic ${good}` }, ""],
      ...["key", "token", "access_token"].map((name): [Names, string] => [{}, `?${name}=${good}`]),
    ];
    for (const { method, path } of keyed) {
      for (const [headers, query] of path === "/analytics/sessions" ? [...wrong, ...more] : wrong) {
        const response = await call(method, path, headers, {}, query);
        expect(response.headers.get("WWW-Authenticate"), `${method} ${path}${query}`).toBe("Bearer");
        await problemOf(response, "key_required");
      }
    }
  });

  it("answers 403 to a key of every other scope, and names the one that is missing", async () => {
    for (const scope of SCOPES) {
      const header = await makeKey([scope]);
      for (const { method, path } of keyed) {
        const wanted = scopesOf(method, path);
        // Opened ones are answered elsewhere; the site of realtime's stream would have to be closed again.
        if (wanted.includes(scope)) continue;
        const response = await call(method, path, header);
        expect(response.status, `${scope} opens ${method} ${path}: say so in this test's table`).toBe(403);
        const { detail } = await problemOf(response, "scope_missing");
        expect(detail, `${method} ${path}`).toContain(wanted.join(" or "));
      }
    }
  });
});

describe("a list as a file", () => {
  it.each(["text/csv", "application/x-ndjson"])(
    "needs the scope export too, a page of it as the whole: %s",
    async (Accept) => {
      const whole = await makeKey([...SCOPES]);
      const lesser = await makeKey(SCOPES.filter((scope) => scope !== "export"));
      const lists: string[] = [];
      for (const { method, path } of keyed.filter(
        (route) => route.method === "GET" && !route.path.endsWith("/stream"),
      )) {
        for (const query of ["", "?limit=1"]) {
          const file = await call(method, path, { ...whole, Accept }, {}, query);
          await file.text();
          if (!file.headers.get("Content-Type")?.startsWith(Accept)) continue;
          lists.push(path + query);
          const { detail } = await problemOf(
            await call(method, path, { ...lesser, Accept }, {}, query),
            "scope_missing",
          );
          expect(detail, path + query).toContain("export");
        }
      }
      // What nobody may have as a file would not be missed.
      const some = ["sessions", "leads", "deliveries", "fingerprints", "events", "pages/top", "sessions?limit=1"];
      expect(lists).toEqual(expect.arrayContaining(some.map((name) => `/analytics/${name}`)));
    },
  );
});

describe("another site's data", () => {
  const mark = newId().slice(0, 8);
  const [ours, theirs] = [`ours-${mark}`, `theirs-${mark}`];
  const [session, page, source] = [newId(), `https://shop.example/page-${mark}`, `source-${mark}`];
  const [visitor, fingerprint, email] = [`visitor-${mark}`, `print-${mark}`, `${mark}@mail.example`];
  let lead = "";
  let names: Names = {};
  /** What would give it away. */
  const needles = (): string[] => [session, page, source, visitor, fingerprint, email, lead, theirs];
  const readable = keyed.filter(({ method, path }) => method === "GET" && !path.endsWith("/stream"));

  beforeAll(async () => {
    const start = { page: `${page}?utm_source=${source}`, visitor_id: visitor, fingerprint_id: fingerprint };
    await take(callOf(session, { site: theirs, start, events: someEvents(2).map((event) => ({ ...event, page })) }));
    await identified(session);
    const body = { email, name: "Ada", project: source, session_id: session };
    const response = await post(`/lead?site=${theirs}`, body, { headers: { Origin: "https://shop.example" } });
    lead = (await response.json<{ lead_id: string }>()).lead_id;
    await flushed(session);
    await take(callOf(newId(), { site: ours, events: someEvents(1) }));
    const ids: Record<string, string> = {
      sessions: session,
      fingerprints: fingerprint,
      identity: fingerprint,
      leads: lead,
      visitors: visitor,
      sites: theirs,
    };
    names = Object.fromEntries(
      keyed.flatMap(({ path }) => {
        const [, , collection = "", parameter = ""] = path.split("/");
        const id = ids[collection];
        return parameter.startsWith(":") && id ? [[`${path} ${parameter.slice(1)}`, id]] : [];
      }),
    );
  });

  const given = (text: string): string[] => needles().filter((needle) => text.includes(needle));

  it("is there for a key of that site: the test would see it", async () => {
    const header = await makeKey([...SCOPES], [theirs]);
    const shown: string[] = [];
    for (const { method, path } of readable) {
      const text = await (await call(method, path, header, names)).text();
      if (given(text).length > 0) shown.push(path);
    }
    expect(shown).toEqual(
      expect.arrayContaining([
        "/analytics/sessions",
        "/analytics/sessions/:id",
        "/analytics/sessions/:id/events",
        "/analytics/sessions/:id/live",
        "/analytics/sessions/:id/replay",
        "/analytics/pages/top",
        "/analytics/sources",
        "/analytics/fingerprints",
        "/analytics/fingerprints/:id",
        "/analytics/leads",
        "/analytics/leads/:id",
        "/analytics/visitors/:id/export",
        "/analytics/sites/:site",
      ]),
    );
  });

  it.each(["", "?site=", "?visitor_id="])("is in no answer to a key of another (%s)", async (query) => {
    const header = await makeKey([...SCOPES], [ours]);
    const value = { "": "", "?site=": theirs, "?visitor_id=": visitor }[query] ?? "";
    for (const { method, path } of readable) {
      for (const accept of query === "" ? ["application/json", "text/csv"] : ["application/json"]) {
        const response = await call(method, path, { ...header, Accept: accept }, names, query + value);
        const text = await response.text();
        // What is said of a parameter may repeat it.
        const told = given(text).filter((needle) => needle !== value);
        expect(told, `${method} ${path}${query}: ${response.status} ${text.slice(0, 500)}`).toEqual([]);
        const isById = [...path.matchAll(/:(\w+)/g)].some(([, name]) => names[`${path} ${name}`]);
        if (isById && query === "") expect(response.status, path).toBe(404);
      }
    }
  });

  it("cannot be followed, changed, sent again or erased by a key of another", async () => {
    const header = await makeKey([...SCOPES], [ours]);
    const stream = await call("GET", "/analytics/sessions/:id/stream", header, names);
    await problemOf(stream, "session_unknown");
    const foreign = await ask(`/analytics/realtime/stream?site=${theirs}`, {
      headers: { ...header, Upgrade: "websocket" },
    });
    expect(foreign.status).toBeGreaterThanOrEqual(403);
    await foreign.text();
    expect((await call("PUT", "/analytics/sites/:site", header, names)).status).toBeGreaterThanOrEqual(400);
    const person = `/analytics/people?email=${encodeURIComponent(email)}`;
    for (const path of [`/analytics/visitors/${visitor}`, `/analytics/leads/${lead}`, person]) {
      await problemOf(await ask(path, { method: "DELETE", headers: header }), "not_found");
    }
    await problemOf(await ask(person, { headers: header }), "not_found");
    const still = await ask(`/analytics/sessions/${session}`, { headers: KEY });
    expect(still.status).toBe(200);
    await still.text();
  });
});

describe("a page of another origin", () => {
  const site = `dashboard-${newId().slice(0, 8)}`;
  const dashboard = `https://${site}.example`;
  const preflight = (origin: string, path = "/analytics/sessions") =>
    ask(path, { method: "OPTIONS", headers: { Origin: origin, "Access-Control-Request-Method": "GET" } });

  it("may read the API if a site names it as a dashboard, refusals too, and no other may", async () => {
    const body = JSON.stringify({ dashboard_origins: [dashboard] });
    const put = await ask(`/analytics/sites/${site}`, { method: "PUT", headers: KEY, body });
    expect(put.status, await put.text()).toBe(200);
    for (const { method, path } of keyed.filter((route) => !route.path.endsWith("/stream"))) {
      for (const [Origin, allowed] of [
        [dashboard, dashboard],
        ["https://evil.example", null],
      ] as const) {
        const response = await call(method, path, { Origin });
        await response.text();
        expect(response.status, path).toBe(401);
        expect(response.headers.get("Access-Control-Allow-Origin"), `${path} for ${Origin}`).toBe(allowed);
        expect(response.headers.get("Vary"), path).toContain("Origin");
      }
    }
    const answer = await ask("/analytics/sessions", { headers: { ...KEY, Origin: dashboard } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Access-Control-Allow-Origin")).toBe(dashboard);
    expect(answer.headers.get("Access-Control-Allow-Credentials")).toBeNull();
    await answer.text();
  });

  it("is told by OPTIONS what it may send, without a key, if it is one of them", async () => {
    const response = await preflight(dashboard);
    expect(response.status).toBe(204);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe(dashboard);
    expect(response.headers.get("Access-Control-Allow-Headers")).toContain("Authorization");
    expect(response.headers.get("Access-Control-Allow-Methods")).toContain("DELETE");
    expect((await preflight("https://evil.example")).headers.get("Access-Control-Allow-Origin")).toBeNull();
    // Once it is taken out it may no more, here at once and elsewhere within a minute.
    await ask(`/analytics/sites/${site}`, { method: "PUT", headers: KEY, body: "{}" });
    await later(61_000, async () => {
      expect((await preflight(dashboard)).headers.get("Access-Control-Allow-Origin")).toBeNull();
    });
  });
});

import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Env } from "../../src/bindings";
import type { ApiKey, AuditEntry, KeyInput, Scope } from "../../src/core/api/keys";
import { routes } from "../../src/edge/routes";
import worker from "../../src/index";
import { KEY_CACHE_MS, keyOf } from "../../src/ops/keyring";
import { ask, freshAddress, KEY, post, tablesOf } from "../support/visit";
import {
  BATCH,
  batchOf,
  Client,
  END,
  flushed,
  later,
  newId,
  problemOf,
  read,
  SINGLE,
  START,
  taken,
  upgrade,
} from "./helpers";

type NewKey = ApiKey & { key: string };

/** Makes a key with the root key, and gives the header that shows it. */
async function makeKey(input: Partial<KeyInput> = {}): Promise<NewKey & { header: Record<string, string> }> {
  const body = { name: "a test's", scopes: ["read"], ...input };
  const response = await post("/analytics/keys", body, { headers: KEY });
  const text = await response.text();
  expect(response.status, text).toBe(201);
  const { data } = JSON.parse(text) as { data: NewKey };
  return { ...data, header: { Authorization: `Bearer ${data.key}` } };
}

const statusOf = async (path: string, headers: Record<string, string>, init: RequestInit = {}): Promise<number> =>
  (await ask(path, { ...init, headers })).status;

/** What a server may send, one call of each kind. */
const sendings = (session_id: string): [path: string, body: object][] => [
  [START, { session_id, page: "https://shop.example/" }],
  [BATCH, batchOf(session_id)],
  [SINGLE, { session_id, event_type: "click" }],
  [END, { session_id }],
  ["/lead", { email: "ada@shop.example" }],
];

/** A server's call in production: only in development is it taken without a key. */
function send(path: string, body: object, header: Record<string, string>): Promise<Response> {
  const headers = { "Content-Type": "application/json", "CF-Connecting-IP": freshAddress(), ...header };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  const request = new Request(`https://pulsegate.example${path}`, init);
  const changes: Partial<Env> = { ENVIRONMENT: "production", ANALYTICS_API_KEY: "a-production-key" };
  return worker.fetch(request as Parameters<typeof worker.fetch>[0], { ...env, ...changes } as Env);
}

describe("a key", () => {
  it("is shown once, stored as its SHA-256, and opens what its scope names", async () => {
    const made = await makeKey({ name: "dashboard" });
    expect(made).toMatchObject({ name: "dashboard", scopes: ["read"], sites: null, revoked_at: null });
    expect(made.key.startsWith(`${made.key_id}_`)).toBe(true);
    expect(await statusOf("/analytics/sessions", made.header)).toBe(200);
    expect(await statusOf("/analytics/sessions", { "X-API-Key": made.key })).toBe(200);
    const row = await env.DB.prepare("SELECT * FROM api_keys WHERE key_id = ?").bind(made.key_id).first<object>();
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(made.key));
    const hash = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    expect(row).toMatchObject({ hash });
    expect(JSON.stringify(row)).not.toContain(made.key);
    const list = await (await ask("/analytics/keys?limit=100", { headers: KEY })).text();
    expect(list).toContain(made.key_id);
    expect(list).not.toContain(made.key);
    expect(list).not.toContain(hash);
  });

  it("opens nothing when one character of it is another, or it stands in the query", async () => {
    const { key, key_id } = await makeKey();
    const changed = `${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`;
    const wrong = [
      changed,
      key_id,
      `${key_id}_`,
      `${key}x`,
      `pg_${"0".repeat(16)}_${"A".repeat(43)}`,
      key.toUpperCase(),
    ];
    for (const value of wrong) {
      await problemOf(await ask("/analytics/sessions", { headers: { "X-API-Key": value } }), "key_required");
    }
    await problemOf(await ask(`/analytics/sessions?api_key=${key}`), "key_required");
  });

  it("that is revoked opens nothing, at once here and within a minute elsewhere", async () => {
    const made = await makeKey();
    const other = await makeKey();
    expect(await statusOf("/analytics/sessions", made.header)).toBe(200);
    expect(await statusOf("/analytics/sessions", other.header)).toBe(200);
    const revoke = () => ask(`/analytics/keys/${made.key_id}`, { method: "DELETE", headers: KEY });
    const { data } = await (await revoke()).json<{ data: ApiKey }>();
    expect(data.revoked_at).toEqual(expect.any(Number));
    expect((await (await revoke()).json<{ data: ApiKey }>()).data.revoked_at).toBe(data.revoked_at);
    await problemOf(await ask("/analytics/sessions", { headers: made.header }), "key_required");
    // Another isolate revokes: this one still remembers the key.
    await env.DB.prepare("UPDATE api_keys SET revoked_at = 1 WHERE key_id = ?").bind(other.key_id).run();
    expect(await statusOf("/analytics/sessions", other.header)).toBe(200);
    await later(KEY_CACHE_MS, async () => {
      await problemOf(await ask("/analytics/sessions", { headers: other.header }), "key_required");
    });
  });

  it("opens nothing from the time on that it was given", async () => {
    const now = Date.now();
    const made = await makeKey({ expires_at: now + 86_400_000 });
    expect(made.expires_at).toBe(now + 86_400_000);
    expect((await makeKey()).expires_at).toBeNull();
    expect(await keyOf(env, made.key, now + 86_400_000 - 1)).toMatchObject({ key_id: made.key_id });
    expect(await keyOf(env, made.key, now + 86_400_000)).toBeNull();
    const { data } = await read<{ data: ApiKey[] }>("/analytics/keys?limit=100");
    expect(data.find(({ key_id }) => key_id === made.key_id)?.expires_at).toBe(now + 86_400_000);
  });

  it("that is unknown is 404 to revoke", async () => {
    const response = await ask("/analytics/keys/pg_0000000000000000", { method: "DELETE", headers: KEY });
    await problemOf(response, "not_found");
  });

  it.each([
    [{ name: "", scopes: ["read"] }, "name"],
    [{ name: "x", scopes: [] }, "scopes"],
    [{ name: "x", scopes: ["root"] }, "scopes.0"],
    [{ name: "x", scopes: ["read"], sites: [] }, "sites"],
    [{ name: "x", scopes: ["read"], sites: ["a b"] }, "sites.0"],
    [{ name: "x".repeat(101), scopes: ["read"] }, "name"],
    [{ name: "x", scopes: ["read"], key: "mine" }, ""],
    [{ name: "x", scopes: ["read"], expires_at: "2030-01-01" }, "expires_at"],
    [{ name: "x", scopes: ["read"], expires_at: 1_700_000_000_000 }, "expires_at"],
  ])("is not made from %j", async (body, path) => {
    const { errors } = await problemOf(await post("/analytics/keys", body, { headers: KEY }), "invalid_body");
    expect(errors?.[0]?.path).toBe(path);
  });

  it("is listed in pages, newest first", async () => {
    const made = [await makeKey(), await makeKey(), await makeKey()].map(({ key_id }) => key_id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const path: string = `/analytics/keys?limit=2${cursor ? `&cursor=${cursor}` : ""}`;
      const page: { data: ApiKey[]; next_cursor: string | null } = await read(path);
      seen.push(...page.data.map(({ key_id }) => key_id));
      cursor = page.next_cursor;
    } while (cursor);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(made));
  });
});

describe("a scope", () => {
  it("is handed on only by a key that has it, and the refusal names what is missing", async () => {
    const { header } = await makeKey({ scopes: ["admin", "read"] });
    const make = (scopes: Scope[]) => post("/analytics/keys", { name: "x", scopes }, { headers: header });
    const { detail } = await problemOf(await make(["read", "export", "ingest"]), "scope_missing");
    expect(detail).toContain("export, ingest");
    expect((await make(["read", "admin"])).status).toBe(201);
  });

  it("is handed on for no longer than the key has it", async () => {
    const expires_at = Date.now() + 3_600_000;
    const { header } = await makeKey({ scopes: ["admin", "read"], expires_at });
    const make = (until: number | null) =>
      post("/analytics/keys", { name: "x", scopes: ["read"], expires_at: until }, { headers: header });
    for (const until of [null, expires_at + 1]) await problemOf(await make(until), "scope_missing");
    expect((await make(expires_at)).status).toBe(201);
  });

  /** One call of each kind, and the scopes that open it. */
  const calls: [path: string, init: RequestInit, scopes: Scope[]][] = [
    ["/analytics/sessions", {}, ["read"]],
    [`/analytics/sessions/${newId()}`, {}, ["read"]],
    [`/analytics/sessions/${newId()}/live`, {}, ["read", "inspect"]],
    ["/analytics/sites/default", {}, ["read"]],
    ["/analytics/sites/default", { method: "PUT", body: "{}" }, ["admin"]],
    ["/analytics/keys", {}, ["admin"]],
    ["/analytics/keys", { method: "POST", body: "{}" }, ["admin"]],
    ["/analytics/audit", {}, ["admin"]],
  ];

  it("opens its own paths and no other, and the refusal names what is missing", async () => {
    for (const scope of ["ingest", "read", "export", "inspect", "admin"] as const) {
      const { header } = await makeKey({ scopes: [scope] });
      for (const [path, init, scopes] of calls) {
        const response = await ask(path, { ...init, headers: header });
        if (scopes.includes(scope)) expect([200, 400, 404], `${scope} ${path}`).toContain(response.status);
        else expect((await problemOf(response, "scope_missing")).detail).toContain(scopes.join(" or "));
      }
    }
  });

  it("is asked for by every path under /analytics: without a key none answers", async () => {
    for (const { method, path } of routes.filter((route) => route.path.startsWith("/analytics/"))) {
      const url = path.replaceAll(/:\w+/g, newId());
      const headers: Record<string, string> = path.endsWith("/stream") ? { Upgrade: "websocket" } : {};
      await problemOf(await ask(url, { method, headers }), "key_required");
    }
  });

  it("other than ingest sends nothing", async () => {
    const { header } = await makeKey({ scopes: ["read", "export", "inspect", "admin"] });
    const id = newId();
    for (const [path, body] of sendings(id)) await problemOf(await send(path, body, header), "scope_missing");
    expect(await tablesOf(id)).toEqual([]);
  });

  it("other than admin changes nothing", async () => {
    const { header } = await makeKey({ scopes: ["ingest", "read", "export", "inspect"] });
    // A ticket is no change: it opens what its asker may see.
    const changing = routes.filter(({ method, path }) => method !== "GET" && path.startsWith("/analytics/"));
    for (const { method, path } of changing.filter((route) => route.path !== "/analytics/tickets")) {
      const response = await ask(path.replaceAll(/:\w+/g, newId()), { method, headers: header });
      await problemOf(response, "scope_missing");
    }
  });
});

describe("a key for one site", () => {
  const site = `shop-${newId().slice(0, 8)}`;
  const elsewhere = `blog-${newId().slice(0, 8)}`;

  async function visit(name: string): Promise<string> {
    const id = newId();
    await taken({ ...batchOf(id, { end: {} }), site: name });
    await flushed(id);
    return id;
  }

  it("sees that site's data, and another's as if it were not there", async () => {
    const [ours, theirs] = [await visit(site), await visit(elsewhere)];
    const { header } = await makeKey({ scopes: ["read"], sites: [site] });
    const idsOf = async (query: string): Promise<string[]> => {
      const page = await (await ask(`/analytics/sessions${query}`, { headers: header })).json<{
        data: { session_id: string }[];
      }>();
      return page.data.map(({ session_id }) => session_id);
    };
    expect(await idsOf("")).toEqual([ours]);
    expect(await idsOf(`?site=${site}`)).toEqual([ours]);
    expect(await idsOf(`?site=${elsewhere}`)).toEqual([]);
    for (const part of ["", "/events", "/live"]) {
      expect(await statusOf(`/analytics/sessions/${ours}${part}`, header), part).toBe(200);
      await problemOf(await ask(`/analytics/sessions/${theirs}${part}`, { headers: header }), "session_unknown");
    }
    expect(await statusOf(`/analytics/sites/${site}`, header)).toBe(200);
    expect(await (await ask("/analytics/sites", { headers: header })).json()).toMatchObject({ data: [{ site }] });
    await problemOf(await ask(`/analytics/sites/${elsewhere}`, { headers: header }), "not_found");
  });

  it("follows that site's sessions only, by key and by ticket", async () => {
    const [ours, theirs] = [newId(), newId()];
    await post(START, { page: "https://shop.example/", session_id: ours, site });
    await post(START, { page: "https://shop.example/", session_id: theirs, site: elsewhere });
    const { header } = await makeKey({ scopes: ["read"], sites: [site] });
    const ticketFor = async (id: string) => {
      const path = `/analytics/sessions/${id}/stream`;
      const { data } = await (await post("/analytics/tickets", { path }, { headers: header })).json<{
        data: { protocol: string };
      }>();
      return { path, headers: { "Sec-WebSocket-Protocol": data.protocol } };
    };
    for (const open of [
      async (id: string) => upgrade(`/analytics/sessions/${id}/stream`, header),
      async (id: string) => ticketFor(id).then(({ path, headers }) => upgrade(path, headers)),
    ]) {
      const { webSocket } = await open(ours);
      if (!webSocket) throw new Error("no socket");
      expect(await new Client(webSocket).next<{ t: string }>()).toMatchObject({ t: "live" });
      await problemOf(await open(theirs), "session_unknown");
    }
  });

  it("names the site when it has several, and is asked for no more than it may see", async () => {
    const { header } = await makeKey({ scopes: ["read", "admin"], sites: [site, elsewhere] });
    const { errors } = await problemOf(await ask("/analytics/sessions", { headers: header }), "invalid_query");
    expect(errors?.[0]?.path).toBe("site");
    expect(await statusOf(`/analytics/sessions?site=${site}`, header)).toBe(200);
    for (const path of ["/analytics/keys", "/analytics/audit"]) {
      await problemOf(await ask(path, { headers: header }), "scope_missing");
    }
  });

  it("sends events and leads to that site only, wherever the site is named", async () => {
    const { header } = await makeKey({ scopes: ["ingest"], sites: [site] });
    const id = newId();
    for (const [path, body] of sendings(id)) {
      await problemOf(await send(`${path}?site=${elsewhere}`, body, header), "scope_missing");
      await problemOf(await send(path, { ...body, site: elsewhere }, header), "scope_missing");
      await problemOf(await send(path, body, header), "scope_missing");
    }
    expect(await tablesOf(id)).toEqual([]);
    for (const [path, body] of sendings(id)) {
      const response = await send(`${path}?site=${site}`, body, header);
      expect(response.ok, `${path} ${await response.text()}`).toBe(true);
    }
  });

  it("makes and revokes keys for its sites only", async () => {
    const { header } = await makeKey({ scopes: ["admin"], sites: [site] });
    const make = (sites: string[] | null) =>
      post("/analytics/keys", { name: "x", scopes: ["admin"], sites }, { headers: header });
    for (const sites of [null, [elsewhere], [site, elsewhere]]) await problemOf(await make(sites), "scope_missing");
    const { data } = await (await make([site])).json<{ data: NewKey }>();
    const revoke = (id: string) => ask(`/analytics/keys/${id}`, { method: "DELETE", headers: header });
    expect((await revoke(data.key_id)).status).toBe(200);
    await problemOf(await revoke((await makeKey()).key_id), "not_found");
    await problemOf(await revoke((await makeKey({ sites: [elsewhere] })).key_id), "not_found");
  });
});

describe("the audit log", () => {
  const entries = async (): Promise<AuditEntry[]> =>
    (await read<{ data: AuditEntry[] }>("/analytics/audit?limit=100")).data;

  it("has every use of admin, refused ones too, with who did it, to what, and what came of it", async () => {
    const { key_id, header } = await makeKey({ scopes: ["admin", "read"] });
    await ask("/analytics/sites/audited", { method: "PUT", headers: header, body: '{"allowed_origins":["*"]}' });
    await ask("/analytics/sites/audited", { method: "PUT", headers: header, body: "{" });
    await ask("/analytics/sessions", { headers: header });
    const mine = (await entries()).filter((entry) => entry.key_id === key_id);
    expect(mine.map(({ action, target, status }) => ({ action, target, status }))).toEqual(
      expect.arrayContaining([
        { action: "PUT /analytics/sites/:site", target: "audited", status: 400 },
        { action: "PUT /analytics/sites/:site", target: "audited", status: 200 },
      ]),
    );
    expect(mine).toHaveLength(2);
  });

  it("has the root key's uses, and the making and revoking of keys", async () => {
    const { key_id } = await makeKey();
    await ask(`/analytics/keys/${key_id}`, { method: "DELETE", headers: KEY });
    const roots = (await entries()).filter((entry) => entry.key_id === "root");
    expect(roots).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: "POST /analytics/keys", status: 201 }),
        expect.objectContaining({ action: "DELETE /analytics/keys/:key", target: key_id, status: 200 }),
      ]),
    );
  });
});

import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Graph } from "../../src/core/identity/graph";
import type { Fingerprint } from "../../src/data/store/fingerprints";
import { placeIn, recordIn, shardOfIdentity } from "../support/identity";
import { PATIENT } from "../support/patience";
import { erase, everything, newPerson, type Person } from "../support/person";
import { ask, callOf, drain, identified, KEY, liveOf, post, someEvents, take } from "../support/visit";
import { BATCH, newId, problemOf, read } from "./helpers";

/** A visitor's identities count on the site, or on the sites that a setting names together, and nowhere else. */

let count = 0;
/** Names that no other test has used. */
function fresh() {
  count += 1;
  return { shop: `shop-${count}`, blog: `blog-${count}`, fingerprint: `f-sites-${count}`, ip: `198.19.${count}.0/24` };
}

interface Visit {
  site: string;
  fingerprint?: string;
  ip?: string;
  forms?: number;
}

async function visit({ site, fingerprint, ip = "203.0.113.0/24", forms = 0 }: Visit): Promise<string> {
  const id = newId();
  const events = [...someEvents(2), ...someEvents(forms, "form_submit")];
  await take(callOf(id, { site, ip, events, start: fingerprint ? { fingerprint_id: fingerprint } : {} }));
  await identified(id);
  return id;
}

const identityOf = async (id: string) => (await liveOf(id))?.identity;

async function newKey(sites: string[], scopes = ["read"]): Promise<Record<string, string>> {
  const response = await post("/analytics/keys", { name: "a test's", scopes, sites }, { headers: KEY });
  const { data } = await response.json<{ data: { key: string } }>();
  return { Authorization: `Bearer ${data.key}` };
}

const put = (site: string, settings: object, headers: Record<string, string> = KEY) =>
  ask(`/analytics/sites/${site}`, { method: "PUT", headers, body: JSON.stringify(settings) });

const readAs = async <T>(path: string, headers: Record<string, string>): Promise<T> =>
  (await (await ask(path, { headers })).json<{ data: T }>()).data;

/** As a page sends it: what a site's settings say counts. */
async function page(site: string, fingerprint: string, ip: string): Promise<string> {
  const session_id = newId();
  const body = {
    session_id,
    site,
    start: { page: "https://shop.example/", fingerprint_id: fingerprint },
    stream: "s",
    first: 1,
    events: [{ event_type: "click" }],
  };
  const response = await post(BATCH, body, { ip });
  expect(response.status, await response.clone().text()).toBe(200);
  await identified(session_id);
  return session_id;
}

describe("a fingerprint", () => {
  it("that a crowd has on one site counts as one visitor on another, and its risk is that of one", async () => {
    const { shop, blog, fingerprint } = fresh();
    for (let i = 0; i < 12; i++) await visit({ site: shop, fingerprint, ip: `198.51.${i}.0/24`, forms: 1 });
    const there = await visit({ site: shop, fingerprint });
    const here = await visit({ site: blog, fingerprint });
    const alone = await visit({ site: blog, fingerprint: `${fingerprint}-alone` });
    const one = { sessions: 1, addresses: 1, networks: 1, countries: 1, fingerprints: 1, forms: 0, capped: false };
    expect((await identityOf(there))?.fingerprint).toMatchObject({ sessions: 13, addresses: 13, forms: 12 });
    expect((await identityOf(here))?.fingerprint).toEqual(one);
    const [crowd, lone, visitor] = [await liveOf(there), await liveOf(alone), await liveOf(here)];
    expect(visitor?.scores).toEqual(lone?.scores);
    expect(crowd?.scores?.risk ?? 0).toBeGreaterThan(lone?.scores?.risk ?? 0);
  });

  it("has its own row, places and counter on each site", async () => {
    const { shop, blog, fingerprint } = fresh();
    await visit({ site: shop, fingerprint, ip: "198.51.100.0/24" });
    await visit({ site: shop, fingerprint, ip: "192.0.2.0/24" });
    await visit({ site: blog, fingerprint });
    await visit({ site: "default", fingerprint });
    const rows = async () =>
      (
        await env.DB.prepare("SELECT site, sessions, ips FROM fingerprints WHERE fingerprint_id = ? ORDER BY site")
          .bind(fingerprint)
          .all()
      ).results;
    const expected = [
      { site: blog, sessions: 1, ips: 1 },
      { site: "default", sessions: 1, ips: 1 },
      { site: shop, sessions: 2, ips: 2 },
    ];
    await expect.poll(rows, { timeout: 45_000 }).toEqual(expected);
    const names = [`fp:${fingerprint} ${shop}`, `fp:${fingerprint} ${blog}`, `fp:${fingerprint}`];
    const counters = () => Promise.all(names.map((name) => env.TRACKING_KV.get(name, "json")));
    const all = [{ sessions: 2 }, { sessions: 1 }, { sessions: 1 }];
    await expect.poll(counters, PATIENT).toMatchObject(all);
  }, 60_000);
});

describe("an address", () => {
  it("counts for each site by itself, and its counter for all of them, because it limits starts", async () => {
    const { shop, blog, ip } = fresh();
    for (let i = 0; i < 5; i++) await visit({ site: shop, ip, fingerprint: `${ip}-${i}` });
    const here = await visit({ site: blog, ip, fingerprint: `${ip}-5` });
    expect((await identityOf(here))?.address).toMatchObject({ sessions: 1, fingerprints: 1 });
    const there = await visit({ site: shop, ip, fingerprint: `${ip}-6` });
    expect((await identityOf(there))?.address).toMatchObject({ sessions: 6, fingerprints: 6 });
    const counter = () => env.TRACKING_KV.get(`ip:${ip}`, "json");
    await expect.poll(counter, { timeout: 45_000 }).toMatchObject({ sessions: 7 });
    expect(placeIn("address", ip, shop).shard).toBe(placeIn("address", ip, blog).shard);
  }, 60_000);

  it("whose sessions of one site withdraw keeps the counter of the others, and with the last it goes", async () => {
    const { shop, blog, ip } = fresh();
    const ids = [await visit({ site: shop, ip }), await visit({ site: blog, ip })];
    const counter = () => env.TRACKING_KV.get(`ip:${ip}`, "json");
    await expect.poll(counter, { timeout: 45_000 }).toMatchObject({ sessions: 2 });
    for (const [i, site] of [shop, blog].entries()) {
      const id = ids[i] ?? "";
      await shardOfIdentity("address", ip, site).forget(id, placeIn("address", ip, site).key);
      expect(await recordIn("address", ip, site)).toBeNull();
      if (i === 0) expect(await counter()).toMatchObject({ sessions: 1 });
      else expect(await counter()).toBeNull();
    }
  }, 60_000);
});

describe("a key for one site", () => {
  it("reads that site's counts, places and graph of a fingerprint, and nothing of another's", async () => {
    const { shop, blog, fingerprint } = fresh();
    const ids = [];
    for (let i = 0; i < 3; i++) ids.push(await visit({ site: shop, fingerprint, ip: `198.51.${i}.0/24` }));
    ids.push(await visit({ site: blog, fingerprint, ip: "192.0.2.0/24" }));
    for (const id of ids) await drain(id);
    const known = async (): Promise<unknown> =>
      (await readAs<Fingerprint>(`/analytics/fingerprints/${fingerprint}`, KEY)).known;
    await expect.poll(known, { timeout: 45_000 }).toMatchObject({ sessions: 4, ips: 4, asns: 1, countries: 1 });
    const key = await newKey([blog]);
    const paths = [`/analytics/fingerprints/${fingerprint}`, `/analytics/identity/${fingerprint}`];
    const own = await readAs<Fingerprint & { places: { ip: string }[] }>(paths[0] ?? "", key);
    expect(own).toMatchObject({ sessions: 1, ips: 1, known: { sessions: 1, ips: 1, asns: 1, countries: 1 } });
    expect(own.places.map(({ ip }) => ip)).toEqual(["192.0.2.0/24"]);
    const graph = await readAs<Graph>(paths[1] ?? "", key);
    expect(graph.nodes.filter(({ kind }) => kind === "address").map(({ label }) => label)).toEqual(["192.0.2.0/24"]);
    const [listed] = await readAs<Fingerprint[]>("/analytics/fingerprints", key);
    expect(listed).toMatchObject({ fingerprint_id: fingerprint, sessions: 1, known: { sessions: 1, ips: 1 } });
    for (const path of [...paths, "/analytics/fingerprints"]) {
      const text = await (await ask(path, { headers: key })).text();
      expect(text, path).not.toContain("198.51.");
      expect(text, path).not.toContain(shop);
    }
    const asked = await readAs<Fingerprint>(`${paths[0]}?site=${shop}`, KEY);
    expect(asked).toMatchObject({ sessions: 3, known: { sessions: 3, ips: 3 } });
  }, 90_000);
});

describe("sites that are named together", () => {
  it("count as one, from the next session on, and no other site with them", async () => {
    const { shop, blog, fingerprint } = fresh();
    const other = `${shop}-other`;
    const ip = "203.0.113.77";
    for (const site of [shop, blog, other]) await put(site, { allowed_origins: ["*"], ip: "full" });
    await page(shop, fingerprint, ip);
    for (const site of [shop, blog]) {
      const saved = await put(site, { allowed_origins: ["*"], ip: "full", identity_group: `brands-${shop}` });
      expect(await saved.json()).toMatchObject({ data: { identity_group: `brands-${shop}` } });
    }
    const first = await page(shop, fingerprint, ip);
    const second = await page(blog, fingerprint, ip);
    const apart = await page(other, fingerprint, ip);
    expect(await identityOf(first)).toMatchObject({ fingerprint: { sessions: 1 }, address: { sessions: 1 } });
    expect(await identityOf(second)).toMatchObject({ fingerprint: { sessions: 2 }, address: { sessions: 2 } });
    expect(await identityOf(apart)).toMatchObject({ fingerprint: { sessions: 1 }, address: { sessions: 1 } });
    for (const id of [first, second, apart]) await drain(id);
    // What they share is no site's alone.
    const group = `group:brands-${shop}`;
    const row = () =>
      env.DB.prepare("SELECT sessions FROM fingerprints WHERE fingerprint_id = ? AND site = ?")
        .bind(fingerprint, group)
        .first();
    await expect.poll(row, { timeout: 45_000 }).toEqual({ sessions: 2 });
    const key = await newKey([blog]);
    const own = await readAs<Fingerprint>(`/analytics/fingerprints/${fingerprint}`, key);
    expect(own).toMatchObject({ sessions: 1, known: null });
    await post("/track/session/start", {
      page: "https://shop.example/",
      session_id: second,
      site: blog,
      consent: "denied",
    });
    await expect.poll(() => row(), { timeout: 45_000 }).toEqual({ sessions: 1 });
  }, 120_000);

  it("lose a person whole, and keep what another's session on one of them shares", async () => {
    const { shop, blog } = fresh();
    const identity_group = `erased-${shop}`;
    for (const site of [shop, blog]) await put(site, { allowed_origins: ["*"], identity_group });
    const [person, other] = [newPerson(), newPerson()];
    const shared = (one: Person) => ({ ...one, fingerprint: other.fingerprint });
    const visits = [
      [person, shop],
      [shared(person), blog],
      [other, blog],
    ] as const;
    for (const [one, site] of visits) {
      const id = newId();
      const start = { visitor_id: one.visitor, fingerprint_id: one.fingerprint };
      const call = callOf(id, { site, ip: one.ip, events: someEvents(1), start, end: true });
      await take({ ...call, identity_group });
      await identified(id);
      await drain(id);
    }
    const group = `group:${identity_group}`;
    expect(await recordIn("fingerprint", person.fingerprint, group)).not.toBeNull();
    expect((await erase(person.visitor)).status).toBe("complete");
    expect(await recordIn("fingerprint", person.fingerprint, group)).toBeNull();
    expect(await recordIn("address", person.ip, group)).toBeNull();
    expect(await everything()).not.toContain(person.fingerprint);
    expect(await recordIn("fingerprint", other.fingerprint, group)).toMatchObject({ sessions: 1 });
  });

  it("are a matter of all sites: a key for one may not have it join others", async () => {
    const { shop } = fresh();
    const key = await newKey([shop], ["read", "admin"]);
    await problemOf(await put(shop, { identity_group: "brands" }, key), "scope_missing");
    expect((await put(shop, { allowed_origins: ["*"] }, key)).status).toBe(200);
    await put(shop, { identity_group: "brands" });
    await problemOf(await put(shop, {}, key), "scope_missing");
    expect((await put(shop, { allowed_origins: ["*"], identity_group: "brands" }, key)).status).toBe(200);
    const { data } = await read<{ data: object }>(`/analytics/sites/${shop}`);
    expect(data).toMatchObject({ allowed_origins: ["*"], identity_group: "brands" });
  });

  it.each(["", "a b", "group:x", 7, ["x"]])("have a name like a site's: not %j", async (identity_group) => {
    const response = await put("default", { identity_group });
    expect((await problemOf(response, "invalid_body")).errors?.[0]?.path).toBe("identity_group");
  });
});

import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { claimsOf } from "../../src/core/leads/identity";
import type { Contact } from "../../src/core/leads/lead";
import { searchText } from "../../src/core/leads/search";
import { leadsOf, newSite, submit } from "../support/leads";
import { ask, KEY } from "../support/visit";

/** What was in D1 before a migration is as good after it. */

const run = async (name: string): Promise<void> => {
  const migration = env.MIGRATIONS.find((one) => one.name === name);
  for (const query of migration?.queries ?? []) await env.DB.prepare(query).run();
};

describe("claims of before they had a kind", () => {
  /** A lead as it was stored before: its claims have lost their kinds, and its table the column. */
  async function storedBefore(known: Parameters<typeof claimsOf>[0], body: object): Promise<string> {
    const site = await newSite([]);
    const { lead_id } = await submit(site, body);
    await env.DB.batch([
      env.DB.prepare("DROP TABLE lead_claims"),
      env.DB.prepare(
        `CREATE TABLE lead_claims (site TEXT NOT NULL, key TEXT NOT NULL, lead_id TEXT NOT NULL, PRIMARY KEY (site, key))
         WITHOUT ROWID`,
      ),
      ...(await claimsOf(known)).map(({ key }) =>
        env.DB.prepare("INSERT INTO lead_claims (site, key, lead_id) VALUES (?, ?, ?)").bind(site, key, lead_id),
      ),
    ]);
    await run("011_lead_people.sql");
    return site;
  }

  it("still join the same person's submits, and learn their kinds", async () => {
    const anna = { email: "anna@shop.example", phone: "+4930901820" };
    const site = await storedBefore({ visitor_id: "v-1", ...anna }, { ...anna, visitor_id: "v-1" });
    expect((await env.DB.prepare("SELECT DISTINCT kind FROM lead_claims").all()).results).toEqual([
      { kind: "unknown" },
    ]);
    await submit(site, { phone: anna.phone });
    await submit(site, { email: anna.email });
    await submit(site, { email: "else@shop.example", phone: "+49 151 23456789" });
    expect((await leadsOf(site)).map(({ submissions }) => submissions).sort()).toEqual([1, 3]);
    const claims = await claimsOf({ visitor_id: null, email: anna.email, phone: null });
    const kinds = await env.DB.prepare("SELECT kind FROM lead_claims WHERE key = ?")
      .bind(claims.find(({ kind }) => kind === "email")?.key)
      .all();
    expect(kinds.results).toEqual([{ kind: "email" }]);
  });

  it("still find the leads of an email for an erasure", async () => {
    const email = "bert@shop.example";
    await storedBefore({ visitor_id: null, email, phone: null }, { email });
    const response = await ask(`/analytics/people?email=${email}`, { method: "DELETE", headers: KEY });
    expect(await response.json()).toMatchObject({ data: { counts: { d1: { leads: 1 } } } });
  });
});

it("submits of before there was a search are found by their letters, whatever the case and marks", async () => {
  const site = await newSite([]);
  const name = "ZOË Ødegård Łukasz ÆSIR Straße Œuvre";
  const message = "ÜBER Œuvre ДОМ Ёлка ΆΝΝΑ Αδελφός Şükrü İzmir çok 日本 ñ";
  await submit(site, { name, email: "Zoe@shop.example", message });
  await env.DB.prepare("ALTER TABLE lead_submissions DROP COLUMN search").run();
  await run("013_lead_search.sql");
  const row = await env.DB.prepare("SELECT contact, search FROM lead_submissions WHERE site = ?")
    .bind(site)
    .first<{ contact: string; search: string }>();
  expect(row?.search).toBe(searchText(JSON.parse(row?.contact ?? "") as Contact));
});

describe("fingerprints of before they were of a site", () => {
  const BEFORE = [
    "DROP TABLE fingerprints",
    "DROP TABLE identity_network",
    `CREATE TABLE fingerprints (fingerprint_id TEXT NOT NULL PRIMARY KEY, first_seen_at INTEGER NOT NULL,
       last_seen_at INTEGER NOT NULL, sessions INTEGER NOT NULL, ips INTEGER NOT NULL, asns INTEGER NOT NULL,
       countries INTEGER NOT NULL) WITHOUT ROWID`,
    `CREATE TABLE identity_network (fingerprint_id TEXT NOT NULL, ip TEXT NOT NULL, asn INTEGER NOT NULL,
       country TEXT NOT NULL, first_seen_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL,
       PRIMARY KEY (fingerprint_id, ip, asn, country)) WITHOUT ROWID`,
  ];

  const session = (fingerprint: string, site: string, at: number, ip: string | null, asn: number | null) =>
    env.DB.prepare(
      `INSERT INTO sessions (session_id, site, fingerprint_id, started_at, last_event_at, ip, asn, country, events,
         last_seq, detail) VALUES (?, ?, ?, ?, ?, ?, ?, 'DE', 1, 1, '{}')`,
    ).bind(crypto.randomUUID(), site, fingerprint, at, at + 500, ip, asn);
  const print = (...values: (string | number)[]) =>
    env.DB.prepare("INSERT INTO fingerprints VALUES (?, ?, ?, ?, ?, ?, ?)").bind(...values);
  const place = (...values: (string | number)[]) =>
    env.DB.prepare("INSERT INTO identity_network VALUES (?, ?, ?, ?, ?, ?)").bind(...values);
  const rows = async (table: string) =>
    await env.DB.prepare(`SELECT * FROM ${table} WHERE fingerprint_id LIKE 'm-%' ORDER BY 1, 2, 3`).raw();

  it("go to the sites where sessions have them, each with what is its own", async () => {
    await env.DB.batch(BEFORE.map((sql) => env.DB.prepare(sql)));
    await env.DB.batch([
      session("m-one", "shop", 1_000, "a", 1),
      print("m-one", 500, 9_000, 40, 3, 2, 1),
      place("m-one", "a", 1, "DE", 500, 9_000),
      // One that a session only passed through.
      place("m-one", "b", 0, "", 600, 700),
      session("m-two", "shop", 1_000, "a", 1),
      session("m-two", "shop", 3_000, "c", null),
      session("m-two", "blog", 2_000, "b", 2),
      print("m-two", 900, 3_200, 12, 9, 9, 9),
      place("m-two", "a", 1, "DE", 950, 3_100),
      place("m-two", "b", 2, "DE", 960, 2_900),
      place("m-two", "c", 0, "DE", 970, 3_200),
      place("m-two", "d", 4, "FR", 980, 2_000),
      print("m-gone", 1, 2, 3, 1, 1, 1),
      place("m-gone", "a", 1, "DE", 1, 2),
    ]);
    await run("016_identity_sites.sql");
    expect(await rows("fingerprints")).toEqual([
      ["m-one", "shop", 500, 9_000, 40, 3, 2, 1],
      ["m-two", "blog", 2_000, 2_500, 1, 1, 1, 1],
      ["m-two", "shop", 1_000, 3_200, 2, 2, 1, 1],
    ]);
    expect(await rows("identity_network")).toEqual([
      ["m-one", "shop", "a", 1, "DE", 500, 9_000],
      ["m-one", "shop", "b", 0, "", 600, 700],
      ["m-two", "blog", "b", 2, "DE", 2_000, 2_500],
      ["m-two", "shop", "a", 1, "DE", 1_000, 1_500],
      ["m-two", "shop", "c", 0, "DE", 3_000, 3_200],
    ]);
    const indexes = await env.DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'identity_network' AND sql IS NOT NULL ORDER BY 1",
    ).all<{ name: string }>();
    expect(indexes.results.map(({ name }) => name)).toEqual(["identity_network_by_asn", "identity_network_by_ip"]);
  });
});

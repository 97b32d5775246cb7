import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { claimsOf } from "../../src/leads/identity";
import type { Contact } from "../../src/leads/lead";
import { searchText } from "../../src/leads/search";
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

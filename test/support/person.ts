import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { Erasure } from "../../src/core/api/erasure";
import { rowsIn } from "./identity";
import { rosterOf } from "./roster";
import { ask, callOf, KEY, PAGE, post, someEvents, tablesOf, take } from "./visit";

/** A made-up person, what they do, and a search for them everywhere. */

export interface Person {
  visitor: string;
  fingerprint: string;
  ip: string;
  email: string;
}

let count = 0;
export const newPerson = (): Person => {
  count += 1;
  const mark = crypto.randomUUID().slice(0, 8);
  return {
    visitor: `visitor-${mark}`,
    fingerprint: `print-${mark}`,
    ip: `192.0.2.${count}-${mark}`,
    email: `${mark}@mail.example`,
  };
};

/** A visit of a person: an event whose data has their email too. */
export async function visit(person: Person, more: { end?: boolean; site?: string; id?: string } = {}): Promise<string> {
  const { id = crypto.randomUUID(), end = false, site } = more;
  const events = [...someEvents(2), { event_type: "custom", page: PAGE, data: { email: person.email } }];
  const start = { visitor_id: person.visitor, fingerprint_id: person.fingerprint };
  await take(callOf(id, { start, ip: person.ip, events, end, ...(site && { site }) }));
  return id;
}

/** A lead of theirs, from a session's page. */
export async function leadOf(person: Person, session_id: string, more: object = {}): Promise<string> {
  const lead = { email: person.email, name: "Ada", message: "Call me", session_id, visitor_id: person.visitor };
  const response = await post("/lead", { ...lead, ...more }, { headers: { Origin: "https://shop.example" } });
  const text = await response.text();
  expect(response.status, text).toBe(202);
  return (JSON.parse(text) as { lead_id: string }).lead_id;
}

export const erase = async (visitor: string, query = ""): Promise<Erasure> => {
  const response = await ask(`/analytics/visitors/${visitor}${query}`, { method: "DELETE", headers: KEY });
  const text = await response.text();
  expect([200, 202], text).toContain(response.status);
  return (JSON.parse(text) as { data: Erasure }).data;
};

/** Everything of D1, R2 and KV as text. */
export async function everything(): Promise<string> {
  const { results: tables } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
  ).all<{ name: string }>();
  const rows = await Promise.all(tables.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`).all()));
  const objects: string[] = [];
  let cursor: string | undefined;
  do {
    const page: R2Objects = await env.TRACKING_R2.list(cursor ? { cursor } : {});
    for (const { key } of page.objects) objects.push(key, (await (await env.TRACKING_R2.get(key))?.text()) ?? "");
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
  const { keys } = await env.TRACKING_KV.list();
  return JSON.stringify([rows.map(({ results }) => results), objects, keys.map(({ name }) => name)]);
}

const OWN_TABLES = "SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_%' ESCAPE '\\'";

/** The tables in an actor's own database: none when it has been erased. */
export const tablesIn = <T extends Rpc.DurableObjectBranded>(stub: DurableObjectStub<T>): Promise<unknown[]> =>
  runInDurableObject(stub, (_, state) => state.storage.sql.exec(OWN_TABLES).toArray());

/** Neither a store nor the actors' own databases name the person. */
export async function expectNowhere({ visitor, fingerprint, ip, email }: Person, ids: string[]): Promise<void> {
  const text = await everything();
  const needles = [visitor, fingerprint, ip, email, ...ids];
  for (const needle of needles) expect(text.includes(needle), needle).toBe(false);
  for (const id of ids) {
    expect(await tablesOf(id)).toEqual(["tombstone"]);
    for (const told of [visitor, null]) {
      const seats = await runInDurableObject(await rosterOf(id, told), (_, state) =>
        state.storage.sql.exec("SELECT body FROM seats WHERE body LIKE ?", `%${id}%`).toArray(),
      );
      expect(seats).toEqual([]);
    }
  }
  for (const id of await listDurableObjectIds(env.IDENTITY)) {
    const kept = JSON.stringify(await rowsIn(env.IDENTITY.get(id)));
    for (const needle of needles) expect(kept.includes(needle), needle).toBe(false);
  }
}

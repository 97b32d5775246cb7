import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import { identityName } from "../../src/core/identity/name";
import { type IdentityKind, newRecord, take } from "../../src/core/identity/record";
import type { FormerRecord } from "../../src/data/store/former-identity";
import { IDENTITY_RETENTION_MS } from "../../src/limits";
import { stopClock } from "../support/clock";
import { sightingOf } from "../support/identity";
import { erase, newPerson, visit } from "../support/person";
import { flushed } from "./helpers";

/** Objects of before there were shards hold one identity each, of all sites. They forget, are erased, and go by themselves. */

afterEach(() => {
  vi.useRealTimers();
});

const objectOf = (kind: IdentityKind, value: string) => env.IDENTITY.getByName(identityName(kind, value));

/** Puts a record where the version before kept it, as seen by these sessions, and its rows in D1, carried over to a site. */
async function plant(kind: IdentityKind, value: string, sessions: string[], apart = false): Promise<void> {
  const now = Date.now() - 60_000;
  const record: FormerRecord = { ...newRecord(kind, value, now), uncertain: false };
  sessions.forEach((session, i) => {
    take(record, sightingOf(kind, value, session, kind === "fingerprint" ? { ip: `198.51.${i}.0/24` } : {}), now);
  });
  await runInDurableObject(objectOf(kind, value), async (_, { storage }) => {
    const { seen, ...rest } = record;
    storage.kv.put("record", JSON.stringify(apart ? rest : record));
    if (apart) storage.kv.put("seen", JSON.stringify(seen));
    await storage.setAlarm(now + IDENTITY_RETENTION_MS);
  });
  if (kind === "address") return;
  const { first_seen_at, last_seen_at } = record;
  await env.DB.batch([
    env.DB.prepare("INSERT INTO fingerprints VALUES (?, 'carried', ?, ?, ?, 1, 1, 1)").bind(
      ...[value, first_seen_at, last_seen_at, sessions.length],
    ),
    ...record.edges.map((edge) =>
      env.DB.prepare("INSERT INTO identity_network VALUES (?, 'carried', ?, ?, ?, ?, ?)").bind(
        ...[value, edge.ip, edge.asn, edge.country, edge.first_seen_at, edge.last_seen_at],
      ),
    ),
  ]);
}

const storedIn = (kind: IdentityKind, value: string): Promise<string> =>
  runInDurableObject(objectOf(kind, value), (_, { storage }) => JSON.stringify([...storage.kv.list()]));

const placesOf = async (value: string): Promise<string[]> =>
  (
    await env.DB.prepare("SELECT ip FROM identity_network WHERE fingerprint_id = ? ORDER BY ip")
      .bind(value)
      .all<{ ip: string }>()
  ).results.map(({ ip }) => ip);
const rowsOf = async (value: string): Promise<unknown[]> =>
  (await env.DB.prepare("SELECT site FROM fingerprints WHERE fingerprint_id = ?").bind(value).all()).results;

it("an erasure empties the objects of before, unless another's session is of the same fingerprint", async () => {
  const [person, other] = [newPerson(), newPerson()];
  for (const one of [person, other]) {
    const id = await visit(one, { end: true });
    await plant("fingerprint", one.fingerprint, [id, "s-other"]);
    await plant("address", one.ip, [id, "s-other"]);
    await flushed(id);
  }
  const theirs = await visit({ ...newPerson(), fingerprint: other.fingerprint }, { end: true });
  await flushed(theirs);
  expect((await erase(person.visitor)).status).toBe("complete");
  expect(await storedIn("fingerprint", person.fingerprint)).toBe("[]");
  expect(await storedIn("address", person.ip)).toBe("[]");
  expect([await rowsOf(person.fingerprint), await placesOf(person.fingerprint)]).toEqual([[], []]);
  await erase(other.visitor);
  expect(await storedIn("fingerprint", other.fingerprint)).toContain("s-other");
});

it("go when nobody has been seen by them for 90 days, and leave what a shard has seen since", async () => {
  stopClock("2031-07-04T12:00:00Z");
  const [idle, back] = [newPerson().fingerprint, newPerson().fingerprint];
  for (const value of [idle, back]) await plant("fingerprint", value, ["s-1"]);
  vi.setSystemTime(Date.now() + IDENTITY_RETENTION_MS);
  await env.DB.prepare("UPDATE fingerprints SET last_seen_at = ? WHERE fingerprint_id = ?")
    .bind(Date.now(), back)
    .run();
  for (const value of [idle, back]) {
    await runDurableObjectAlarm(objectOf("fingerprint", value));
    expect(await storedIn("fingerprint", value)).toBe("[]");
  }
  expect([await rowsOf(idle), await placesOf(idle)]).toEqual([[], []]);
  expect(await rowsOf(back)).toHaveLength(1);
});

it("wake again where their alarm came early", async () => {
  stopClock("2031-07-05T12:00:00Z");
  const { fingerprint } = newPerson();
  await plant("fingerprint", fingerprint, ["s-1"]);
  await runDurableObjectAlarm(objectOf("fingerprint", fingerprint));
  expect(await storedIn("fingerprint", fingerprint)).toContain("s-1");
  const alarm = await runInDurableObject(objectOf("fingerprint", fingerprint), (_, { storage }) => storage.getAlarm());
  expect(alarm).toBe(Date.now() - 60_000 + IDENTITY_RETENTION_MS);
});

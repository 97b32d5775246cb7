import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { placeOf } from "../../src/core/identity/name";
import type { IdentityKind, IdentityRecord, Sighting } from "../../src/core/identity/record";
import { readRecordText } from "../../src/core/identity/stored-record";

/** Look-ups for tests of identities: where identities are kept, and what is kept of them. */

export const placeIn = (kind: IdentityKind, value: string, group = "default") =>
  placeOf(env.IDENTITY, kind, value, group);

export const shardOfIdentity = (kind: IdentityKind, value: string, group = "default") =>
  env.IDENTITY.getByName(placeIn(kind, value, group).shard);

/** Everything in an object of identities: rows and values. */
export const rowsIn = <T extends Rpc.DurableObjectBranded>(stub: DurableObjectStub<T>): Promise<unknown[]> =>
  runInDurableObject(stub, (_, { storage }) => [
    ...storage.kv.list(),
    ...[...storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")]
      .map(({ name }) => name)
      .filter((name) => !name.startsWith("_"))
      .flatMap((name) => [...storage.sql.exec(`SELECT * FROM ${name}`)]),
  ]);

/** What is on disk of an identity; null if nothing is. */
export const recordIn = (kind: IdentityKind, value: string, group = "default"): Promise<IdentityRecord | null> =>
  runInDurableObject(shardOfIdentity(kind, value, group), (_, { storage: { sql, kv } }) => {
    const has = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'identities'").toArray().length > 0;
    if (!has) return null;
    const { key } = placeIn(kind, value, group);
    const row = sql.exec<{ body: string }>("SELECT body FROM identities WHERE key = ?", key).toArray()[0];
    return row ? readRecordText(row.body, () => kv.get<string>(`crowd ${key}`)) : null;
  });

/** A session, seen with an identity. */
export const sightingOf = (
  kind: IdentityKind,
  value: string,
  session_id: string,
  { group = "default", ...more }: Partial<Sighting> & { group?: string } = {},
): Sighting => ({
  v: 1,
  kind,
  value,
  key: placeIn(kind, value, group).key,
  session_id,
  forms: 0,
  counts: true,
  fingerprint_id: kind === "fingerprint" ? value : `f-of-${session_id}`,
  ip: kind === "address" ? value : "203.0.113.0/24",
  asn: 3320,
  country: "DE",
  ...more,
});

export const seenBy = (sighting: Sighting) =>
  env.IDENTITY.getByName(
    placeOf(env.IDENTITY, sighting.kind, sighting.value, sighting.key.split("/")[1] ?? "").shard,
  ).seen(sighting);

/** Runs the alarm of an identity's shard now, as if it were due. False if none is set. */
export const alarmOfShard = (kind: IdentityKind, value: string, group = "default"): Promise<boolean> =>
  runDurableObjectAlarm(shardOfIdentity(kind, value, group));

/** The shard's instance loses its memory; the next call makes a new one. */
export const evictShard = (kind: IdentityKind, value: string, group = "default"): Promise<unknown> =>
  runInDurableObject(shardOfIdentity(kind, value, group), (_, state) => state.abort("evicted by the test")).catch(
    () => {},
  );

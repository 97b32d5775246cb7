import { env, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { identityName } from "../../src/identity/name";
import { newRecord, type Sighting, take } from "../../src/identity/record";
import { IDENTITY_INLINE_SIGHTINGS, IDENTITY_MAX_SIGHTINGS } from "../../src/limits";

/** What an address has seen survives its actor, where the sightings are in its record and where they stand beside it. */

const sighting = (ip: string, i: number, forms = 0): Sighting => ({
  ...{ v: 1, kind: "address", value: ip, session_id: `s-${i}.`, fingerprint_id: `f-${i}`, forms, counts: true },
  ...{ ip, asn: 3320, country: "DE" },
});

const actorOf = (ip: string) => env.IDENTITY.getByName(identityName("address", ip));

const evict = (ip: string) =>
  runInDurableObject(actorOf(ip), (_, state) => state.abort("evicted by the test")).catch(() => {});

const storedOf = (ip: string): Promise<Record<string, string>> =>
  runInDurableObject(actorOf(ip), (_, { storage }) => Object.fromEntries(storage.kv.list<string>()));

/** Sessions `from` to `to`, one after the other. */
async function crowd(ip: string, from: number, to: number): Promise<void> {
  for (let i = from; i <= to; i++) await actorOf(ip).seen(sighting(ip, i));
}

describe("an address", () => {
  it("has seen the same after an eviction, from one session to more than it remembers", async () => {
    const ip = "198.51.100.0/24";
    let known = 0;
    for (const size of [1, IDENTITY_INLINE_SIGHTINGS, IDENTITY_INLINE_SIGHTINGS + 1, IDENTITY_MAX_SIGHTINGS]) {
      await crowd(ip, known + 1, size);
      known = size;
      await evict(ip);
      expect(await actorOf(ip).seen(sighting(ip, 1))).toMatchObject({ sessions: size, fingerprints: size, forms: 0 });
    }
    await actorOf(ip).seen(sighting(ip, known + 1));
    // One that is remembered has sent a form: a change among the crowd.
    await actorOf(ip).seen(sighting(ip, 7, 2));
    await evict(ip);
    expect(await actorOf(ip).seen(sighting(ip, 1))).toMatchObject({ sessions: known, forms: 2, capped: true });
  });

  it("writes a crowd's sightings only when they change", async () => {
    const ip = "198.51.101.0/24";
    await crowd(ip, 1, IDENTITY_MAX_SIGHTINGS);
    const before = await storedOf(ip);
    await runInDurableObject(actorOf(ip), (_, { storage }) => storage.kv.put("seen", "untouched"));
    await crowd(ip, IDENTITY_MAX_SIGHTINGS + 1, IDENTITY_MAX_SIGHTINGS + 1);
    const after = await storedOf(ip);
    expect(after["seen"]).toBe("untouched");
    expect(after["record"]).not.toBe(before["record"]);
    expect((after["record"] ?? "").length).toBeLessThan(1_000);
  });

  it("keeps nothing of who withdrew, whichever way its crowd became small again", async () => {
    for (const woken of [false, true]) {
      const ip = `198.51.${woken ? 103 : 102}.0/24`;
      await crowd(ip, 1, IDENTITY_INLINE_SIGHTINGS + 2);
      for (let i = 1; i <= 3; i++) {
        if (woken) await evict(ip);
        await actorOf(ip).forget(`s-${i}.`);
        expect(JSON.stringify(await storedOf(ip))).not.toContain(`s-${i}.`);
      }
      expect(Object.keys(await storedOf(ip))).toEqual(["record"]);
      await evict(ip);
      const left = IDENTITY_INLINE_SIGHTINGS - 1;
      expect(await actorOf(ip).seen(sighting(ip, 5))).toMatchObject({ sessions: left });
    }
  });

  it("goes on with a record that holds its crowd, as they were before a crowd stood apart", async () => {
    const ip = "198.51.104.0/24";
    const record = newRecord("address", ip, Date.now());
    for (let i = 1; i <= 100; i++) take(record, sighting(ip, i), Date.now());
    await runInDurableObject(actorOf(ip), (_, { storage }) => storage.kv.put("record", JSON.stringify(record)));
    expect(await actorOf(ip).seen(sighting(ip, 101))).toMatchObject({ sessions: 101 });
    await evict(ip);
    expect(await actorOf(ip).seen(sighting(ip, 1))).toMatchObject({ sessions: 101 });
  });
});

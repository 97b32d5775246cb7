import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { IDENTITY_FLUSH_GAP_MS } from "../../durable/identity/actor";
import { IDENTITY_SWEEP_MS } from "../../durable/identity/sweep";
import { IDENTITY_MAX_SIGHTINGS } from "../../src/core/identity/record";
import { IDENTITY_INLINE_SIGHTINGS } from "../../src/data/store/identity";
import { IDENTITY_KEPT_MS, IDENTITY_RETENTION_MS } from "../../src/limits";
import { stopClock } from "../support/clock";
import { callsBy, faults, hold, resetFaults } from "../support/faults";
import {
  alarmOfShard,
  evictShard,
  placeIn,
  recordIn,
  rowsIn,
  seenBy,
  shardOfIdentity,
  sightingOf,
} from "../support/identity";
import { PATIENT } from "../support/patience";

/** What a shard of identities has seen survives it, and reaches the stores outside whatever dies when. */

beforeEach(() => stopClock("2031-08-01T12:00:00Z"));
afterEach(() => {
  vi.useRealTimers();
  resetFaults();
});

const pass = (ms: number): unknown => vi.setSystemTime(Date.now() + ms);

let sites = 0;
/** A site that no other test has shards of. */
const newSite = (): string => {
  sites += 1;
  return `site-${sites}`;
};

/** Values of a kind that are kept in one shard of a group. */
function together(kind: "fingerprint" | "address", group: string, count: number): string[] {
  const shard = placeIn(kind, `${group}-0`, group).shard;
  const values: string[] = [];
  for (let i = 0; values.length < count; i++) {
    const value = `${group}-${i}`;
    if (placeIn(kind, value, group).shard === shard) values.push(value);
  }
  return values;
}

const seen = (value: string, group: string, session: string, more = {}) =>
  seenBy(sightingOf("fingerprint", value, session, { group, ...more }));

const rowOf = (value: string, site: string) =>
  env.DB.prepare("SELECT * FROM fingerprints WHERE fingerprint_id = ? AND site = ?").bind(value, site).first();
const placesOf = async (value: string, site: string) =>
  (
    await env.DB.prepare("SELECT ip FROM identity_network WHERE fingerprint_id = ? AND site = ? ORDER BY ip")
      .bind(value, site)
      .all<{ ip: string }>()
  ).results.map(({ ip }) => ip);
const batchesBy = (value: string, group: string): number =>
  callsBy(shardOfIdentity("fingerprint", value, group)).filter((call) => call === "identity d1.batch").length;

const putsBy = (value: string, group: string): number =>
  callsBy(shardOfIdentity("fingerprint", value, group)).filter((call) => call === "identity kv.put").length;

describe("an identity", () => {
  const crowd = async (ip: string, from: number, to: number): Promise<void> => {
    for (let i = from; i <= to; i++) await seenBy(sightingOf("address", ip, `s-${i}.`));
  };
  const again = (ip: string, session: string, forms = 0) => seenBy(sightingOf("address", ip, session, { forms }));

  it("has seen the same after an eviction, from one session to more than it remembers", async () => {
    const ip = "198.51.100.0/24";
    let known = 0;
    for (const size of [1, IDENTITY_INLINE_SIGHTINGS, IDENTITY_INLINE_SIGHTINGS + 1, IDENTITY_MAX_SIGHTINGS]) {
      await crowd(ip, known + 1, size);
      known = size;
      await evictShard("address", ip);
      expect(await again(ip, "s-1.")).toMatchObject({ sessions: size, fingerprints: size, forms: 0 });
    }
    await crowd(ip, known + 1, known + 1);
    // One that is remembered has sent a form: a change among the crowd.
    await again(ip, "s-7.", 2);
    await evictShard("address", ip);
    expect(await again(ip, "s-1.")).toMatchObject({ sessions: known, forms: 2, capped: true });
  });

  it("writes a crowd's sightings only when they change", async () => {
    const ip = "198.51.101.0/24";
    await crowd(ip, 1, IDENTITY_MAX_SIGHTINGS);
    const { key } = placeIn("address", ip);
    await runInDurableObject(shardOfIdentity("address", ip), (_, { storage }) => storage.kv.put(`crowd ${key}`, "[]"));
    await crowd(ip, IDENTITY_MAX_SIGHTINGS + 1, IDENTITY_MAX_SIGHTINGS + 1);
    expect(await recordIn("address", ip)).toMatchObject({ sessions: IDENTITY_MAX_SIGHTINGS + 1, seen: [] });
  });

  it("keeps nothing of who withdrew, whichever way its crowd became small again", async () => {
    for (const woken of [false, true]) {
      const ip = `198.51.${woken ? 103 : 102}.0/24`;
      await crowd(ip, 1, IDENTITY_INLINE_SIGHTINGS + 2);
      for (let i = 1; i <= 3; i++) {
        if (woken) await evictShard("address", ip);
        await shardOfIdentity("address", ip).forget(`s-${i}.`, placeIn("address", ip).key);
        expect(JSON.stringify(await recordIn("address", ip))).not.toContain(`"s-${i}."`);
      }
      await evictShard("address", ip);
      expect(await again(ip, "s-5.")).toMatchObject({ sessions: IDENTITY_INLINE_SIGHTINGS - 1 });
    }
  });
});

describe("what changes in a shard", () => {
  it("goes to D1 at once, and what changes soon after goes in one batch, however many they are", async () => {
    const site = newSite();
    const values = together("fingerprint", site, 120);
    const [first = "", ...rest] = values;
    await seen(first, site, "s-1");
    await expect.poll(() => rowOf(first, site), PATIENT).toMatchObject({ sessions: 1, ips: 1 });
    for (const value of rest) await seen(value, site, "s-1");
    expect(batchesBy(first, site)).toBe(1);
    expect(await rowOf(rest[0] ?? "", site)).toBeNull();
    pass(IDENTITY_FLUSH_GAP_MS);
    await alarmOfShard("fingerprint", first, site);
    expect(batchesBy(first, site)).toBe(2);
    for (const value of values) {
      expect(await rowOf(value, site), value).toMatchObject({ sessions: 1 });
      expect(await placesOf(value, site), value).toEqual(["203.0.113.0/24"]);
    }
  });

  it("of one identity again and again is written once, as it is then, and so is its counter", async () => {
    const site = newSite();
    await seen("f", site, "s-1");
    await expect.poll(() => rowOf("f", site), PATIENT).toMatchObject({ sessions: 1 });
    for (let i = 2; i <= 9; i++) await seen("f", site, `s-${i}`);
    expect(await rowOf("f", site)).toMatchObject({ sessions: 1 });
    pass(IDENTITY_FLUSH_GAP_MS);
    await alarmOfShard("fingerprint", "f", site);
    expect(await rowOf("f", site)).toMatchObject({ sessions: 9 });
    expect(batchesBy("f", site)).toBe(2);
    expect(putsBy("f", site)).toBe(2);
    expect(await env.TRACKING_KV.get(`fp:f ${site}`, "json")).toMatchObject({ sessions: 9 });
  });

  it("is not written again because a session that is known asks once more", async () => {
    const site = newSite();
    await seen("f", site, "s-1");
    await expect.poll(() => rowOf("f", site), PATIENT).toMatchObject({ sessions: 1 });
    pass(IDENTITY_FLUSH_GAP_MS);
    await seen("f", site, "s-1", { forms: 2, counts: false });
    await alarmOfShard("fingerprint", "f", site);
    expect([batchesBy("f", site), putsBy("f", site)]).toEqual([1, 1]);
  });

  it.each(["dieBefore", "dieAfter"] as const)("is not lost when the process dies in the write: %s", async (fault) => {
    const site = newSite();
    faults.at.set("identity d1.batch", fault);
    const open = hold("gate");
    await seen("f", site, "s-1");
    await expect.poll(() => batchesBy("f", site), PATIENT).toBe(1);
    open();
    await evictShard("fingerprint", "f", site);
    faults.at.clear();
    pass(IDENTITY_SWEEP_MS);
    expect(await alarmOfShard("fingerprint", "f", site)).toBe(true);
    expect(await rowOf("f", site)).toMatchObject({ sessions: 1, last_seen_at: expect.any(Number) });
    expect(await placesOf("f", site)).toEqual(["203.0.113.0/24"]);
  });

  it.each(["refuse", "lie"] as const)("is tried again after a failure, by whichever instance: %s", async (fault) => {
    for (const woken of [false, true]) {
      const site = newSite();
      for (const point of ["identity d1.batch", "identity kv.put"]) faults.at.set(point, fault);
      await seen("f", site, "s-1");
      await expect.poll(() => batchesBy("f", site), PATIENT).toBe(1);
      pass(60_000);
      await alarmOfShard("fingerprint", "f", site);
      expect(batchesBy("f", site)).toBe(2);
      if (woken) await evictShard("fingerprint", "f", site);
      faults.at.clear();
      pass(120_000);
      await alarmOfShard("fingerprint", "f", site);
      expect(await rowOf("f", site)).toMatchObject({ sessions: 1 });
      expect(await env.TRACKING_KV.get(`fp:f ${site}`, "json")).toMatchObject({ sessions: 1 });
    }
  });

  it("that an eviction finds waiting for its turn is written by the alarm", async () => {
    const site = newSite();
    const [first = "", second = ""] = together("fingerprint", site, 2);
    await seen(first, site, "s-1");
    await expect.poll(() => rowOf(first, site), PATIENT).not.toBeNull();
    await seen(second, site, "s-1");
    await evictShard("fingerprint", first, site);
    pass(IDENTITY_FLUSH_GAP_MS);
    await alarmOfShard("fingerprint", first, site);
    expect(await rowOf(second, site)).toMatchObject({ sessions: 1 });
  });

  it("while it is being written is written after it", async () => {
    const site = newSite();
    const open = hold("gate");
    await seen("f", site, "s-1");
    await expect.poll(() => batchesBy("f", site), PATIENT).toBe(1);
    await seen("f", site, "s-2", { ip: "192.0.2.0/24" });
    open();
    pass(IDENTITY_FLUSH_GAP_MS);
    await alarmOfShard("fingerprint", "f", site);
    expect(await rowOf("f", site)).toMatchObject({ sessions: 2, ips: 2 });
    expect(await placesOf("f", site)).toEqual(["192.0.2.0/24", "203.0.113.0/24"]);
  });

  it("bills no row of D1 when it is written again", async () => {
    const site = newSite();
    await seen("f", site, "s-1");
    await expect.poll(() => rowOf("f", site), PATIENT).not.toBeNull();
    const before = await rowOf("f", site);
    await env.DB.exec(
      "CREATE TRIGGER told AFTER UPDATE ON fingerprints BEGIN SELECT RAISE(ABORT, 'written once more'); END",
    );
    await evictShard("fingerprint", "f", site);
    pass(IDENTITY_SWEEP_MS);
    await alarmOfShard("fingerprint", "f", site);
    await env.DB.exec("DROP TRIGGER told");
    expect(batchesBy("f", site)).toBe(2);
    expect(await rowOf("f", site)).toEqual(before);
  });
});

describe("an identity that is not seen any more", () => {
  it("goes from its shard and from D1 after 90 days, and the file with the last of them", async () => {
    const site = newSite();
    const [old = "", young = ""] = together("fingerprint", site, 2);
    await seen(old, site, "s-1");
    await expect.poll(() => rowOf(old, site), PATIENT).not.toBeNull();
    pass(IDENTITY_RETENTION_MS - 86_400_000);
    await seen(young, site, "s-2");
    await alarmOfShard("fingerprint", old, site);
    pass(86_400_000 + IDENTITY_SWEEP_MS);
    await alarmOfShard("fingerprint", old, site);
    expect([await recordIn("fingerprint", old, site), await rowOf(old, site)]).toEqual([null, null]);
    expect(await recordIn("fingerprint", young, site)).not.toBeNull();
    expect(await rowOf(young, site)).not.toBeNull();
    pass(IDENTITY_RETENTION_MS);
    await alarmOfShard("fingerprint", old, site);
    expect(await rowsIn(shardOfIdentity("fingerprint", old, site))).toEqual([]);
    expect(await rowOf(young, site)).toBeNull();
    // And the shard is there for whoever comes next.
    expect(await seen(old, site, "s-3")).toMatchObject({ sessions: 1 });
  });

  it("is an address: it goes when no session that it has seen may withdraw any more", async () => {
    const ip = "198.51.110.0/24";
    await seenBy(sightingOf("address", ip, "s-1"));
    pass(IDENTITY_KEPT_MS + IDENTITY_SWEEP_MS);
    await alarmOfShard("address", ip);
    expect(await recordIn("address", ip)).toBeNull();
  });

  it("stays while D1 does not answer", async () => {
    const site = newSite();
    await seen("f", site, "s-1");
    await expect.poll(() => rowOf("f", site), PATIENT).not.toBeNull();
    pass(IDENTITY_RETENTION_MS + IDENTITY_SWEEP_MS);
    faults.at.set("identity d1.batch", "refuse");
    await alarmOfShard("fingerprint", "f", site);
    expect(await recordIn("fingerprint", "f", site)).not.toBeNull();
    faults.at.clear();
    pass(120_000);
    expect(await alarmOfShard("fingerprint", "f", site)).toBe(true);
    expect([await recordIn("fingerprint", "f", site), await rowOf("f", site)]).toEqual([null, null]);
  });
});

describe("a withdrawal", () => {
  const forget = async (value: string, site: string, session: string): Promise<boolean> =>
    await shardOfIdentity("fingerprint", value, site).forget(session, placeIn("fingerprint", value, site).key);

  it("takes what rests on the session alone, and leaves the neighbours in the shard alone", async () => {
    const site = newSite();
    const [one = "", other = ""] = together("fingerprint", site, 2);
    await seen(one, site, "s-1", { ip: "192.0.2.0/24" });
    await seen(one, site, "s-2");
    await seen(other, site, "s-1");
    pass(IDENTITY_FLUSH_GAP_MS);
    await alarmOfShard("fingerprint", one, site);
    expect(await placesOf(one, site)).toHaveLength(2);
    expect(await forget(one, site, "s-1")).toBe(false);
    expect(await rowOf(one, site)).toMatchObject({ sessions: 1, ips: 1 });
    expect(await placesOf(one, site)).toEqual(["203.0.113.0/24"]);
    expect(await rowOf(other, site)).toMatchObject({ sessions: 1 });
    expect(await forget(one, site, "s-2")).toBe(false);
    expect([await rowOf(one, site), await recordIn("fingerprint", one, site)]).toEqual([null, null]);
    expect(await recordIn("fingerprint", other, site)).not.toBeNull();
    expect(await forget(one, site, "s-2")).toBe(false);
  });

  it("that meets a failing store fails, and is carried out when it is repeated", async () => {
    const site = newSite();
    await seen("f", site, "s-1");
    await expect.poll(() => rowOf("f", site), PATIENT).not.toBeNull();
    faults.at.set("identity d1.batch", "refuse");
    await expect(forget("f", site, "s-1")).rejects.toThrow();
    expect(await rowOf("f", site)).not.toBeNull();
    await evictShard("fingerprint", "f", site);
    faults.at.clear();
    // What was given up may still land: it is asked for once more.
    expect(await forget("f", site, "s-1")).toBe(true);
    expect(await rowOf("f", site)).toBeNull();
    pass(60_000);
    expect(await forget("f", site, "s-1")).toBe(false);
    expect([await rowOf("f", site), await recordIn("fingerprint", "f", site)]).toEqual([null, null]);
  });
});

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { IDENTITY_FLUSH_MAX, IDENTITY_LOOK_MAX, IDENTITY_SWEEP_MS } from "../../durable/identity/sweep";
import { newRecord, take } from "../../src/core/identity/record";
import { recordText } from "../../src/core/identity/stored-record";
import { IDENTITY_TABLE } from "../../src/data/store/identity";
import { IDENTITY_RETENTION_MS } from "../../src/limits";
import { stopClock } from "../support/clock";
import { callsBy, resetFaults } from "../support/faults";
import { alarmOfShard, evictShard, rowsIn, seenBy, shardOfIdentity, sightingOf } from "../support/identity";

/** A shard of ten thousand identities, none of which D1 knows: bounded steps, and nothing is lost or told twice. */

const SITE = "large";
const MANY = 10_000;
/** Far above what it takes, which is a few milliseconds: this tells an identity looked up from a table looked through. */
const SOON_MS = 1_000;

beforeEach(() => stopClock("2031-08-01T12:00:00Z"));
afterEach(() => {
  vi.useRealTimers();
  resetFaults();
});

const shard = () => shardOfIdentity("fingerprint", "f", SITE);
const batches = (): number => callsBy(shard()).filter((call) => call === "identity d1.batch").length;
const inD1 = async (table: string): Promise<number> =>
  (await env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE site = ?`).bind(SITE).first<{ n: number }>())?.n ?? 0;

async function fill(): Promise<void> {
  const now = Date.now();
  const rows = Array.from({ length: MANY }, (_, i) => {
    const record = newRecord("fingerprint", `f-${i}`, now);
    take(
      record,
      sightingOf("fingerprint", `f-${i}`, crypto.randomUUID(), { group: SITE, ip: `10.0.${i % 256}.0/24` }),
      now,
    );
    return { key: `${i.toString(16).padStart(32, "0")}/${SITE}`, rev: i + 1, body: recordText(record, false) };
  });
  await runInDurableObject(shard(), (_, { storage }) => {
    storage.sql.exec(IDENTITY_TABLE);
    storage.sql.exec(
      `INSERT INTO identities (key, rev, expires_at, body)
       SELECT value ->> 'key', value ->> 'rev', ?, value ->> 'body' FROM json_each(?)`,
      now + IDENTITY_RETENTION_MS,
      JSON.stringify(rows),
    );
    return storage.setAlarm(now + IDENTITY_SWEEP_MS);
  });
  await evictShard("fingerprint", "f", SITE);
}

it("answers at once, writes them in batches of hundreds, and lets them go together", async () => {
  await fill();
  const began = performance.now();
  for (let i = 0; i < 20; i++) await seenBy(sightingOf("fingerprint", "f", `s-${i}`, { group: SITE }));
  expect((performance.now() - began) / 20).toBeLessThan(SOON_MS);
  await expect.poll(() => inD1("fingerprints"), { timeout: 15_000 }).toBe(1);
  const before = batches();
  for (let alarms = 0; (await inD1("fingerprints")) < MANY + 1; alarms++) {
    expect(alarms).toBeLessThanOrEqual(MANY / IDENTITY_LOOK_MAX + 2);
    vi.setSystemTime(Date.now() + IDENTITY_SWEEP_MS);
    await alarmOfShard("fingerprint", "f", SITE);
  }
  expect(await inD1("identity_network")).toBe(MANY + 1);
  expect(batches() - before).toBeLessThanOrEqual(MANY / IDENTITY_FLUSH_MAX + 4);
  // Nothing waits any more: the table is looked through, and nobody is told.
  const told = batches();
  vi.setSystemTime(Date.now() + IDENTITY_SWEEP_MS);
  await alarmOfShard("fingerprint", "f", SITE);
  vi.setSystemTime(Date.now() + IDENTITY_SWEEP_MS);
  await alarmOfShard("fingerprint", "f", SITE);
  expect(batches() - told).toBeLessThanOrEqual(1);
  vi.setSystemTime(Date.now() + IDENTITY_RETENTION_MS);
  for (let alarms = 0; (await rowsIn(shard())).length > 0; alarms++) {
    expect(alarms).toBeLessThanOrEqual(MANY / IDENTITY_FLUSH_MAX + 4);
    vi.setSystemTime(Date.now() + IDENTITY_SWEEP_MS);
    await alarmOfShard("fingerprint", "f", SITE);
  }
  expect([await inD1("fingerprints"), await inD1("identity_network")]).toEqual([0, 0]);
});

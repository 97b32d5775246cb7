import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Counters, NOTABLE_SESSIONS } from "../../durable/identity/counters";
import { COUNT_LATE_MS } from "../../durable/session/count";
import { type IdentityRecord, newRecord } from "../../src/core/identity/record";
import { createLogger } from "../../src/ops/logger";
import { stopClock, tick } from "../support/clock";
import { PATIENT } from "../support/patience";
import { alarm, alarmAt, callOf, evict, inD1, numbered, someEvents, take } from "../support/visit";

afterEach(() => {
  vi.useRealTimers();
});

const counterOf = (id: string) => env.TRACKING_KV.get(`session:${id}`, "json");

/** Lets the next flush come too late to be the only one. */
const miss = async (id: string): Promise<unknown> =>
  vi.setSystemTime(((await alarmAt(id)) ?? Number.NaN) + 3 * COUNT_LATE_MS);

it("a session's counter comes with its first flush", async () => {
  stopClock("2031-09-02T12:00:00Z");
  const id = crypto.randomUUID();
  await take(callOf(id, { events: someEvents(2) }));
  await tick(id);
  await expect.poll(() => counterOf(id), PATIENT).toMatchObject({ events: 2, ended: false });
});

it("a flush that is late writes the stores, and leaves an open session's counter to the next", async () => {
  stopClock("2031-09-02T13:00:00Z");
  const id = crypto.randomUUID();
  await take(callOf(id, { events: someEvents(2) }));
  await miss(id);
  await evict(id);
  await alarm(id);
  expect(await inD1(id)).toEqual(numbered(1, 2));
  expect(await counterOf(id)).toBeNull();
  await take(callOf(id, { start: false, first: 3, events: someEvents(1) }));
  await tick(id);
  await expect.poll(() => counterOf(id), PATIENT).toMatchObject({ events: 3, ended: false });
});

it("a late flush of a session that has ended writes its counter: there is no other", async () => {
  stopClock("2031-09-02T14:00:00Z");
  const id = crypto.randomUUID();
  await take(callOf(id, { events: someEvents(2), end: true }));
  await miss(id);
  await alarm(id);
  await expect.poll(() => counterOf(id), PATIENT).toMatchObject({ events: 2, ended: true });
});

describe("a site with notable counters only", () => {
  it("has none in KV of a session and its identities", async () => {
    stopClock("2031-09-02T15:00:00Z");
    const keys = async (): Promise<string[]> => (await env.TRACKING_KV.list()).keys.map(({ name }) => name);
    const before = await keys();
    const id = crypto.randomUUID();
    const fingerprint_id = `f-${id}`;
    const start = { fingerprint_id };
    await take({ ...callOf(id, { start, ip: "198.51.77.0/24", events: someEvents(2), end: true }), kv: "notable" });
    await tick(id);
    expect(await inD1(id)).toEqual(numbered(1, 2));
    const identities = "SELECT sessions FROM fingerprints WHERE fingerprint_id = ?";
    const row = () => env.DB.prepare(identities).bind(fingerprint_id).first();
    await expect.poll(row, PATIENT).toEqual({ sessions: 1 });
    expect(await keys()).toEqual(before);
  });

  it("has an address's counter in KV from half of the limit on, over all sites together", () => {
    const recordOf = (sessions: number): IdentityRecord => ({
      ...newRecord("address", "198.51.100.0/24", Date.now()),
      counter: { sessions, expires_at: Date.now() + 60_000, quiet: true },
    });
    const isNotable = (...sessions: number[]): boolean => {
      const rows = { exists: true, under: () => sessions.map((n) => ({ key: "k/shop", record: recordOf(n) })) };
      const log = createLogger("error", {});
      return new Counters({ kv: env.TRACKING_KV, rows, log, wait: () => 0 }).isNotable("k/shop");
    };
    expect(isNotable(NOTABLE_SESSIONS - 1)).toBe(false);
    expect(isNotable(NOTABLE_SESSIONS)).toBe(true);
    expect(isNotable(NOTABLE_SESSIONS / 2, NOTABLE_SESSIONS / 2 - 1)).toBe(false);
    expect(isNotable(NOTABLE_SESSIONS / 2, NOTABLE_SESSIONS / 2)).toBe(true);
  });
});

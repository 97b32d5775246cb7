import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { stopClock, tick, tickUntilDrained } from "../support/clock";
import { callsBy, type Fault, faults, OTHERS, type Point, resetFaults, WRITES } from "../support/faults";
import {
  callOf,
  evict,
  inD1,
  inR2,
  liveOf,
  numbered,
  objectsOf,
  sessionRow,
  someEvents,
  stubOf,
  take,
} from "../support/visit";

const FAULTS: Fault[] = ["refuse", "lie", "dieBefore", "dieAfter"];
const seen = new Set<string>();

beforeEach(() => stopClock("2031-07-01T12:00:00Z"));

afterEach(() => {
  vi.useRealTimers();
  for (const { point } of faults.calls) seen.add(point);
  resetFaults();
});

/** Runs alarms as far as the fault lets them; one that is killed says so by rejecting. */
async function strike(id: string, alarms = 3): Promise<void> {
  for (let i = 0; i < alarms; i++) {
    await liveOf(id);
    await tick(id).catch(() => {});
  }
}

/** Until both stores have everything, whatever it takes: the fault is gone, the process has died. */
async function heal(id: string): Promise<void> {
  faults.at.clear();
  await evict(id);
  await tickUntilDrained(id);
}

/** A visit of five events that ends; then the fault; then a late event, so that a second flush follows the first. */
async function visit(id: string, point: Point, fault: Fault, kept: { events_in?: "archive" } = {}): Promise<void> {
  faults.at.set(point, fault);
  await take(callOf(id, { events: someEvents(5), start: { fingerprint_id: "f-1" }, ...kept }));
  await take(callOf(id, { start: false, end: true }));
  await strike(id);
  await heal(id);
  await take(callOf(id, { start: false, first: 6, events: someEvents(1) }));
  await take(callOf(id, { events: someEvents(5) })).then((again) => expect(again.duplicates).toBe(5));
  await heal(id);
}

const identities = async (id: string) => (await objectsOf(id)).filter(({ key }) => key.includes("/identity/"));

const flushWrites = WRITES.filter((point) => point !== "r2.delete identity");

it.each(flushWrites.flatMap((point) => FAULTS.map((fault) => [point, fault] as const)))(
  "writes everything once when %s meets %s",
  async (point, fault) => {
    const id = crypto.randomUUID();
    await visit(id, point, fault);
    expect(callsBy(stubOf(id))).toContain(point);
    expect(await inD1(id)).toEqual(numbered(1, 6));
    expect(await inR2(id)).toEqual(numbered(1, 6));
    expect(await sessionRow(id)).toMatchObject({ events: 6, visitor_id: "visitor-1", fingerprint_id: "f-1" });
    const keys = (await objectsOf(id)).map(({ key }) => key);
    expect(keys.filter((key) => key.endsWith("meta.json"))).toHaveLength(1);
    expect(keys.filter((key) => key.includes("/identity/"))).toHaveLength(1);
    expect((await liveOf(id))?.events).toBe(6);
  },
);

/** Without rows of its events a session writes to D1 once a flush, and its `meta.json` is in its first flush of R2. */
const archiveWrites = flushWrites.filter((point) => point !== "r2.put meta");

it.each(archiveWrites.flatMap((point) => FAULTS.map((fault) => [point, fault] as const)))(
  "writes everything once to the archive alone when %s meets %s",
  async (point, fault) => {
    const id = crypto.randomUUID();
    await visit(id, point, fault, { events_in: "archive" });
    expect(callsBy(stubOf(id))).toContain(point);
    expect(await inD1(id)).toEqual([]);
    expect(await inR2(id)).toEqual(numbered(1, 6));
    expect(await sessionRow(id)).toMatchObject({ events: 6, visitor_id: "visitor-1", fingerprint_id: "f-1" });
    const objects = await objectsOf(id);
    expect(objects.filter(({ key }) => key.endsWith("meta.json"))).toEqual([]);
    expect(objects.filter(({ text }) => text.includes('"meta":'))).toHaveLength(1);
    expect(objects.filter(({ key }) => key.includes("/identity/"))).toHaveLength(1);
    expect(await liveOf(id)).toMatchObject({ events: 6, events_in: "archive" });
  },
);

it.each([...FAULTS.map((fault) => ["r2.delete identity", fault] as const), ["r2.list", "refuse"] as const])(
  "erases a withdrawn identity when %s meets %s",
  async (point, fault) => {
    const id = crypto.randomUUID();
    await take(callOf(id, { events: someEvents(2) }));
    await take(callOf(id, { start: false, end: true }));
    await tickUntilDrained(id);
    faults.at.set(point, fault);
    await take(callOf(id, { start: { consent: "denied" } }));
    await strike(id, 1);
    faults.at.clear();
    await evict(id);
    for (let i = 0; i < 5 && (await identities(id)).length > 0; i++) await strike(id, 1);
    expect(await identities(id)).toEqual([]);
    expect(callsBy(stubOf(id))).toContain(point);
    expect(await sessionRow(id)).toMatchObject({
      visitor_id: null,
      fingerprint_id: null,
      ip: null,
      asn: null,
      events: 2,
    });
    expect(await inR2(id)).toEqual(numbered(1, 2));
  },
);

it("has a fault point for every outside write the flush made", () => {
  const known: readonly string[] = [...WRITES, ...OTHERS];
  // Identity actors write for themselves.
  const own = [...seen].filter((call) => !call.startsWith("identity "));
  expect(own.filter((call) => !known.includes(call))).toEqual([]);
  expect(WRITES.filter((point) => !seen.has(point))).toEqual([]);
});

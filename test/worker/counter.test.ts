import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import { COUNT_LATE_MS } from "../../durable/session/count";
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

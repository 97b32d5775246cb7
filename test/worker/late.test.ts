import { describe, expect, it } from "vitest";
import type { Session } from "../../src/data/store/sessions";
import { identified } from "../support/visit";
import { batchOf, flushed, newId, read, taken } from "./helpers";

/** Pages that deliver hours later, from the call to what the API says of the visit. */

const HOURS = 2 * 3_600_000;

const sessionOf = async (id: string): Promise<Session> =>
  (await read<{ data: Session }>(`/analytics/sessions/${id}`)).data;

/** Acts every 5 s, by the page's clock. */
const acts = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ event_type: "click", timestamp: from + i * 5_000 }));

/** Within what two calls may differ in how long they were on their way. */
function expectAbout(value: number, wanted: number): void {
  expect(value).toBeGreaterThan(wanted - 4_000);
  expect(value).toBeLessThan(wanted + 4_000);
}

describe("a visit of two hours ago, in two batches", () => {
  it("took the 55 s that it took, though the answer to who it was came between them", async () => {
    const session_id = newId();
    const start = { page: "https://shop.example/", fingerprint_id: "fp-late", visitor_id: "visitor-late" };
    const began = Date.now() - HOURS;
    await taken(batchOf(session_id, { start, sent_at: Date.now(), events: acts(began, 6) }));
    await identified(session_id);
    const more = { start: undefined, first: 7, events: acts(began + 30_000, 6) };
    await taken(batchOf(session_id, { ...more, sent_at: Date.now() }));
    await flushed(session_id);
    const { engaged_ms, started_at, last_event_at, cadence } = await sessionOf(session_id);
    expectAbout(engaged_ms, 55_000);
    expectAbout(last_event_at - started_at, 55_000);
    expect(cadence.intervals).toBe(11);
    expectAbout(cadence.mean_ms, 5_000);
  });
});

describe("a page that is read for 28 s and left", () => {
  const site = "reading";

  it("is attended to for as long as its view counts, and is no bounce", async () => {
    const session_id = newId();
    const now = Date.now();
    const events = [
      { event_type: "page_view", timestamp: now - 28_000 },
      { event_type: "visibility_change", timestamp: now, data: { state: "hidden", ms: 28_000 } },
    ];
    await taken({ ...batchOf(session_id, { sent_at: now, events }), site });
    await flushed(session_id);
    expect((await sessionOf(session_id)).engaged_ms).toBe(15_000);
    const { data } = await read<{ data: { sessions: number; bounces: number } }>(`/analytics/overview?site=${site}`);
    expect(data).toMatchObject({ sessions: 1, bounces: 0 });
  });
});

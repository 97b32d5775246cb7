import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { IDLE_MS } from "../../src/core/session/deadline";
import type { EventEntry } from "../../src/core/session/entry";
import { FORM_ABANDONED_MS, MAX_OPEN_FORMS } from "../../src/core/session/fold/forms";
import type { EventInput } from "../../src/protocol/events";
import { stopClock, tick, tickUntilDrained } from "../support/clock";
import {
  alarm,
  callOf,
  entriesInR2,
  evict,
  inD1,
  inR2,
  liveOf,
  PAGE,
  someEvents,
  stateOf,
  take,
} from "../support/visit";

afterEach(() => {
  vi.useRealTimers();
});

const MINUTE = 60_000;
const act = (event_type: string, form: string, field?: string): EventInput => ({
  event_type,
  page: PAGE,
  data: { form, ...(field !== undefined && { field }) },
});

/** Somebody begins a form, and six seconds later changes another field of it. */
async function begin(id: string, form = "signup"): Promise<void> {
  await take(callOf(id, { events: [act("form_focus", form, "email")] }));
  vi.setSystemTime(Date.now() + 6_000);
  await take(callOf(id, { first: 2, events: [act("form_change", form, "company")] }));
}

const abandoned = async (id: string) =>
  (await entriesInR2(id))
    .filter((entry): entry is EventEntry => entry.kind === "event" && entry.event_type === "form_abandoned")
    .map(({ stream, number, page, detail }) => ({ stream, number, page, ...detail?.data }));

const SIGNUP = { form: "signup", last_field: "company", ms: 6_000, fields: 2 };

describe("a form that was begun", () => {
  it("is abandoned when the session ends without a submit", async () => {
    stopClock("2031-03-01T10:00:00Z");
    const id = crypto.randomUUID();
    await begin(id);
    await take(callOf(id, { start: false, end: true }));
    await tickUntilDrained(id);
    expect(await abandoned(id)).toEqual([{ stream: "server", number: 1, page: PAGE, ...SIGNUP }]);
    expect(await inD1(id)).toEqual(["s1/1", "s1/2", "server/1"]);
    expect(await inR2(id)).toEqual(await inD1(id));
  });

  it("is abandoned with the session that is over because nothing happens any more", async () => {
    stopClock("2031-03-01T11:00:00Z");
    const id = crypto.randomUUID();
    await begin(id);
    await tickUntilDrained(id);
    const left = Date.now();
    vi.setSystemTime(left + IDLE_MS);
    await alarm(id);
    await tickUntilDrained(id);
    expect(await abandoned(id)).toHaveLength(1);
    const { ended_at, end_reason, last_event_at } = await stateOf(id);
    // The actor's word neither moves the visitor's last act nor puts the end off.
    expect({ ended_at, end_reason }).toEqual({ ended_at: last_event_at, end_reason: "idle" });
  });

  it("is abandoned half an hour after the last act on it while the visit goes on", async () => {
    stopClock("2031-03-01T12:00:00Z");
    const id = crypto.randomUUID();
    await begin(id);
    for (let i = 0; i < 3; i++) {
      vi.setSystemTime(Date.now() + 9 * MINUTE);
      await take(callOf(id, { first: 3 + i, events: someEvents(1) }));
      await tickUntilDrained(id);
    }
    expect(await abandoned(id)).toEqual([]);
    expect((await liveOf(id))?.actor.next_alarm_at).toBeLessThanOrEqual(Date.now() + 3 * MINUTE);
    vi.setSystemTime(Date.now() + 3 * MINUTE);
    await tick(id);
    await tickUntilDrained(id);
    expect(await abandoned(id)).toMatchObject([SIGNUP]);
    expect((await liveOf(id))?.ended).toBe(false);
    // And it is said once.
    await take(callOf(id, { first: 6, end: true, events: someEvents(1) }));
    await tickUntilDrained(id);
    expect(await abandoned(id)).toHaveLength(1);
  });

  it("is not abandoned when it was submitted", async () => {
    stopClock("2031-03-01T13:00:00Z");
    const id = crypto.randomUUID();
    await begin(id);
    await take(callOf(id, { first: 3, end: true, events: [act("form_submit", "signup")] }));
    await tickUntilDrained(id);
    expect(await abandoned(id)).toEqual([]);
    expect(await inD1(id)).toHaveLength(3);
  });

  it("is remembered by an actor that was evicted", async () => {
    stopClock("2031-03-01T14:00:00Z");
    const id = crypto.randomUUID();
    await begin(id);
    await tickUntilDrained(id);
    await evict(id);
    vi.setSystemTime(Date.now() + FORM_ABANDONED_MS);
    await alarm(id);
    await tickUntilDrained(id);
    expect(await abandoned(id)).toMatchObject([SIGNUP]);
  });

  it("counts as an event of the session, but not as one the page should have sent", async () => {
    stopClock("2031-03-01T15:00:00Z");
    const id = crypto.randomUUID();
    await begin(id);
    await take(callOf(id, { start: false, end: true }));
    await tickUntilDrained(id);
    const { events, counts, completeness } = await stateOf(id);
    expect(events).toBe(3);
    expect(counts).toEqual({ form_focus: 1, form_change: 1, form_abandoned: 1 });
    expect(completeness).toMatchObject({ received: 2, expected: 2, missing: 0 });
    expect(completeness.streams.map(({ stream }) => stream)).toEqual(["s1"]);
    const query = "SELECT events FROM sessions WHERE session_id = ?";
    expect(await env.DB.prepare(query).bind(id).first("events")).toBe(3);
  });

  it("is followed among at most eight: a page that begins more lets the oldest go", async () => {
    stopClock("2031-03-01T16:00:00Z");
    const id = crypto.randomUUID();
    const names = Array.from({ length: MAX_OPEN_FORMS + 2 }, (_, i) => `form-${i}`);
    await take(callOf(id, { end: true, events: names.map((name) => act("form_focus", name, "a")) }));
    await tickUntilDrained(id);
    expect((await abandoned(id)).map((one) => "form" in one && one.form)).toEqual(names.slice(2));
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { IDENTITY_ASK_GAP_MS } from "../../durable/session/inquiry";
import { ROSTER_BURST, ROSTER_REFILL_MS } from "../../durable/session/reporter";
import { stopClock, tickUntilDrained } from "../support/clock";
import { besideBy, resetFaults } from "../support/faults";
import { PATIENT } from "../support/patience";
import { rosterOf } from "../support/roster";
import { alarm, callOf, evict, liveOf, someEvents, stubOf, take } from "../support/visit";

/** When a session asks its identity actors, and tells the roster: each wakes another actor, and is billed. */

let id = "";
let count = 0;
/** So that no other test's session is of the same address or fingerprint. */
const who = () => ({ ip: `198.18.${count}.0/24`, start: { fingerprint_id: `f-asking-${count}` } });
const asked = (): number => besideBy(stubOf(id)).filter((call) => call === "identity.seen").length;
const BOTH = 2;

beforeEach(() => {
  id = crypto.randomUUID();
  count += 1;
  stopClock("2031-10-01T12:00:00Z");
});
afterEach(() => {
  vi.useRealTimers();
  resetFaults();
});

const pass = (ms: number): unknown => vi.setSystemTime(Date.now() + ms);
/** More events of the session, `first` on. */
const more = (first: number, event_type: string, end = false) =>
  take(callOf(id, { ...who(), start: false, first, events: someEvents(1, event_type), end }));
const formsKnown = async () => (await liveOf(id))?.identity?.fingerprint?.forms;

describe("a session asks its identities", () => {
  it("at once, so that a lead in its first seconds has it, and once", async () => {
    await take(callOf(id, { ...who(), events: someEvents(2) }));
    await expect.poll(async () => (await liveOf(id))?.identity, PATIENT).toMatchObject({ address: { sessions: 1 } });
    await more(3, "click");
    await tickUntilDrained(id);
    expect(asked()).toBe(BOTH);
  });

  it("again with a flush when forms were sent, and not for each of them", async () => {
    await take(callOf(id, { ...who(), events: someEvents(1) }));
    await expect.poll(formsKnown, PATIENT).toBe(0);
    for (const first of [2, 3, 4]) await more(first, "form_submit");
    await tickUntilDrained(id);
    expect(await formsKnown()).toBe(3);
    expect(asked()).toBe(2 * BOTH);
  });

  it("again without waiting for a flush when it has not asked for a while", async () => {
    await take(callOf(id, { ...who(), events: someEvents(1) }));
    await expect.poll(formsKnown, PATIENT).toBe(0);
    pass(IDENTITY_ASK_GAP_MS);
    await more(2, "form_submit");
    await expect.poll(formsKnown, PATIENT).toBe(1);
  });

  it("not because its alarm has woken it: a thousand wake after a restart, and the next call asks", async () => {
    await take(callOf(id, { ...who(), events: someEvents(1) }));
    await expect.poll(formsKnown, PATIENT).toBe(0);
    await more(2, "form_submit");
    await evict(id);
    await tickUntilDrained(id);
    expect(asked()).toBe(BOTH);
    await more(3, "click");
    await expect.poll(formsKnown, PATIENT).toBe(1);
  });
});

describe("the roster is told of a session", () => {
  const page = (n: number) => ({ event_type: "page_view", page: `https://shop.example/${n}` });
  const view = (n: number, end = false) => take(callOf(id, { start: n === 1, first: n, events: [page(n)], end }));
  const told = async () => {
    const shard = await rosterOf(id, "visitor-1");
    const { changed } = await shard.changes(null, null);
    return changed.find(({ presence }) => presence.session_id === id)?.presence.page;
  };
  const reports = (): number => besideBy(stubOf(id)).filter((call) => call === "roster.report").length;

  it("as often as it may, and of what it had to keep as soon as it may again", async () => {
    for (let n = 1; n <= 5; n++) await view(n);
    await expect.poll(reports, PATIENT).toBe(ROSTER_BURST);
    await expect.poll(told, PATIENT).toBe(page(ROSTER_BURST).page);
    pass(ROSTER_REFILL_MS);
    await take(callOf(id, { start: false, first: 6, events: [{ ...page(5), event_type: "click" }] }));
    await expect.poll(told, PATIENT).toBe(page(5).page);
  });

  it("by its alarm, if nothing follows", async () => {
    for (let n = 1; n <= 4; n++) await view(n);
    pass(ROSTER_REFILL_MS);
    await alarm(id);
    await expect.poll(told, PATIENT).toBe(page(4).page);
  });

  it("of its end, however much it has told", async () => {
    for (let n = 1; n <= 4; n++) await view(n);
    await view(5, true);
    await expect.poll(told, PATIENT).toBeUndefined();
    expect(reports()).toBe(ROSTER_BURST + 1);
  });
});

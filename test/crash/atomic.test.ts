import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { stopClock } from "../support/clock";
import { callsBy, resetFaults } from "../support/faults";
import { callOf, someEvents, stubOf, take } from "../support/visit";
import type { FailingJournal, SessionActor } from "../support/worker";

/**
 * What a session writes in one turn is on disk whole or not at all. A storage call that throws resets the actor, and the
 * runtime then drops the turn; here the reset is left out, so that what the turn itself has kept is seen.
 */

beforeEach(() => stopClock("2031-06-08T08:00:00Z"));
afterEach(async () => {
  vi.useRealTimers();
  resetFaults();
  await env.DB.exec("DROP TRIGGER IF EXISTS poison");
});

const stored = ({ storage }: DurableObjectState): string => {
  const tables = [...storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")];
  const own = tables.map(({ name }) => name).filter((name) => !name.startsWith("_"));
  return JSON.stringify(own.map((name) => [name, [...storage.sql.exec(`SELECT * FROM ${name}`)]]));
};

/** Of no address: no identity actor is asked, whose answer would be one more row. */
const nowhere = { ip: null };

/** What a session has on disk before and after a step in which a storage call throws. */
async function around(id: string, failing: FailingJournal["failing"], step: (actor: SessionActor) => unknown) {
  return runInDurableObject(stubOf(id), async (actor, state) => {
    const before = stored(state);
    Object.defineProperty(state, "abort", { value: () => {} });
    actor.breakStorage(failing);
    await expect((async () => step(actor))()).rejects.toThrow(`disk failure in ${failing}`);
    return [before, stored(state)];
  });
}

it("a call that begins a session keeps no head without its first row", async () => {
  const id = crypto.randomUUID();
  const [before, after] = await around(id, "append", (actor) =>
    actor.track(callOf(id, { ...nowhere, events: someEvents(1) })),
  );
  expect(after).toBe(before);
});

it("a call that changes who it is keeps no head without the row that says so", async () => {
  const id = crypto.randomUUID();
  await take(callOf(id, { ...nowhere, events: someEvents(1) }));
  const call = callOf(id, { ...nowhere, start: { consent: "denied" } });
  const [before, after] = await around(id, "append", (actor) => actor.track(call));
  expect(after).toBe(before);
});

it("a flush keeps its rows if it cannot write down what became of them", async () => {
  const id = crypto.randomUUID();
  await env.DB.exec(
    "CREATE TRIGGER poison BEFORE INSERT ON events WHEN NEW.event_type = 'poison' BEGIN SELECT RAISE(ABORT, 'poison'); END",
  );
  await take(callOf(id, { ...nowhere, events: [...someEvents(1), ...someEvents(1, "poison")], end: true }));
  const rows = (text: string | undefined): { lo: number }[] => {
    const tables = new Map<string, { lo: number }[]>(JSON.parse(text ?? "[]"));
    // The head's row has the plan.
    return (tables.get("journal") ?? []).filter(({ lo }) => lo > 0);
  };
  const [before, after] = await around(id, "writeProgress", (actor) => actor.alarm());
  expect(callsBy(stubOf(id))).toContain("r2.put events");
  expect(rows(before).length).toBeGreaterThan(0);
  expect(rows(after)).toEqual(rows(before));
});

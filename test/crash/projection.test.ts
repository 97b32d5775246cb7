import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { apply } from "../../src/core/session/fold/fold";
import { newState, type SessionState } from "../../src/core/session/fold/state";
import { type Head, type Identity, newHead } from "../../src/core/session/head";
import { newProgress } from "../../src/core/session/progress";
import { insertEvents, isRefusal } from "../../src/data/store/projection";
import { replaceSession } from "../../src/data/store/rebuild";
import { type SessionRow, sessionRow, upsertSession } from "../../src/data/store/session-row/row";
import { act, logOf, start, T0 } from "../support/log";
import { inD1, sessionRow as rowOf } from "../support/visit";

/** Writes of D1 that land late, twice, or beside a newer one: a call that was given up may still be carried out. */

const PERSON: Identity = {
  visitor_id: "visitor-1",
  fingerprint_id: "f-1",
  device_id: null,
  ip: "203.0.113.0/24",
  asn: 64500,
  traits: { email: "ada@mail.example" },
};
const log = logOf(start(), act("click", 1_000), act("click", 2_000), act("click", 3_000));
const bodyOf = (entries: readonly object[]): string => entries.map((entry) => JSON.stringify(entry)).join(",");

function stateAsOf(seq: number): SessionState {
  const state = newState(0);
  for (const entry of log.slice(0, seq)) apply(state, entry);
  return state;
}

const headOf = (id: string, identity: Identity | null): Head => ({
  ...newHead(id, "default", T0),
  identity,
  identity_version: 1,
});

/** The row as of a seq. `inD1` is what is believed of the identity that D1 has; each belief has a statement of its own. */
const made = (head: Head, seq: number, inD1: number | null): SessionRow =>
  sessionRow(head, stateAsOf(seq), { ...newProgress(0), identity_in_d1: inD1 });

const BELIEFS = [
  ["nothing", null],
  ["another", 7],
  ["the same", 1],
] as const;

describe("a session's row in D1", () => {
  it.each(BELIEFS)("is as it was when an older write lands late, which took D1 to hold %s", async (_, belief) => {
    const id = crypto.randomUUID();
    await upsertSession(env.DB, made(headOf(id, null), 4, null), 2).run();
    const before = await rowOf(id);
    expect(before).toMatchObject({ events: 3, visitor_id: null });
    const late = await upsertSession(env.DB, made(headOf(id, PERSON), 2, belief), 0).run();
    expect(late.meta.changes).toBe(0);
    expect(await rowOf(id)).toEqual(before);
  });

  it.each(BELIEFS)("is written once when its write is repeated, which took D1 to hold %s", async (_, belief) => {
    const id = crypto.randomUUID();
    const write = () => upsertSession(env.DB, made(headOf(id, PERSON), 4, belief), 0).run();
    await write();
    const before = await rowOf(id);
    // A row written again would have its hour and its day rolled up anew.
    expect((await write()).meta.changes).toBe(0);
    expect(await rowOf(id)).toEqual(before);
  });

  it.each(BELIEFS)("has what a newer write says, which took D1 to hold %s", async (_, belief) => {
    const id = crypto.randomUUID();
    await upsertSession(env.DB, made(headOf(id, PERSON), 2, null), 0).run();
    await upsertSession(env.DB, made(headOf(id, PERSON), 4, belief), 0).run();
    expect(await rowOf(id)).toMatchObject({ events: 3, last_seq: 4, last_event_at: T0 + 3_000 });
  });

  it.each([null, 7, 0])("names nobody after a withdrawal, whatever it was taken to hold: %s", async (belief) => {
    const id = crypto.randomUUID();
    await upsertSession(env.DB, made(headOf(id, PERSON), 2, null), 0).run();
    await upsertSession(env.DB, made(headOf(id, null), 4, belief), 0).run();
    expect(await rowOf(id)).toMatchObject({ visitor_id: null, fingerprint_id: null, ip: null, asn: null, events: 3 });
  });

  it("and its newer events stay when a rebuild knows less", async () => {
    const id = crypto.randomUUID();
    await insertEvents(env.DB, id, bodyOf(log)).run();
    await upsertSession(env.DB, made(headOf(id, null), 4, null), 0).run();
    const [row, events] = [await rowOf(id), await inD1(id)];
    const flushes = [{ lo: 1, hi: 2, body: bodyOf(log.slice(0, 2)) }];
    const session = { ...headOf(id, PERSON), events_in: "database" as const };
    await replaceSession(env.DB, session, flushes, made(headOf(id, PERSON), 2, null));
    expect(await rowOf(id)).toEqual(row);
    expect(await inD1(id)).toEqual(events);
  });
});

describe("events in D1", () => {
  it("stay as they were first written", async () => {
    const id = crypto.randomUUID();
    await insertEvents(env.DB, id, bodyOf(log.slice(1, 3))).run();
    const again = log.slice(1).map((entry) => ({ ...entry, event_type: "another" }));
    expect((await insertEvents(env.DB, id, bodyOf(again)).run()).meta.changes).toBe(1);
    const query = "SELECT event_type FROM events WHERE session_id = ? ORDER BY seq";
    const { results } = await env.DB.prepare(query).bind(id).all();
    expect(results.map((row) => row["event_type"])).toEqual(["click", "click", "another"]);
  });

  it("are refused aloud when a row breaks another constraint: in silence it would be lost", async () => {
    const id = crypto.randomUUID();
    const { event_type: _, ...lame } = { event_type: "", ...log[1] };
    const error = await insertEvents(env.DB, id, bodyOf([lame, ...log.slice(2)]))
      .run()
      .then(
        () => null,
        (thrown: unknown) => thrown,
      );
    expect(isRefusal(error)).toBe(true);
    expect(await inD1(id)).toEqual([]);
  });
});

import { failed, storesDue } from "../../src/core/session/deadline";
import { firstSeq } from "../../src/core/session/entry";
import { applyText } from "../../src/core/session/fold/fold";
import { newState, readSnapshot, type SessionState, writeSnapshot } from "../../src/core/session/fold/state";
import { type Head, identityMark } from "../../src/core/session/head";
import {
  lowestWatermark,
  type Plan,
  type Progress,
  type StoreName,
  withRows,
  written,
} from "../../src/core/session/progress";
import { putEvents, putIdentity, putMeta } from "../../src/data/store/archive";
import { insertNames } from "../../src/data/store/event-names";
import type { Journal } from "../../src/data/store/journal";
import { eventsOf, insertEvents, isolate, isRefusal } from "../../src/data/store/projection";
import { type SessionRow, sessionRow, upsertSession } from "../../src/data/store/session-row/row";
import { OUTSIDE_TIMEOUT_MS, PLAN_MAX_EVENTS, PLAN_MAX_UNITS } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { errorField } from "../../src/ops/logger";
import { type SessionMemory, setDue } from "./memory";

/** D1 calls per alarm to find the rows that D1 refuses: below the 1,000 subrequests of an invocation, with room for the rest. */
const ISOLATION_MAX_CALLS = 200;

/** The stores outside the actor. */
export interface Outside {
  db: D1Database;
  bucket: R2Bucket;
}

/** What a write came to. */
interface Outcome {
  store: StoreName;
  plan: Plan;
  error: string | null;
  /** Seqs, newly found, that D1 will never take. */
  refused: number[];
  /** What identity the store holds now if the write went well (`identityMark`). */
  identity: number;
  /** The size of the database after it; null for the archive, or where D1 does not say. */
  database_bytes: number | null;
  /** This was not the first try at this plan. */
  repeated: boolean;
}

export interface FlushResult {
  outcomes: Outcome[];
  /** Stores whose plan left entries behind: their next plan follows at once. */
  more: StoreName[];
}

/**
 * Writes every store that is due: freezes a range, writes it out, forgets it. Each store has its own plan and watermark, so a
 * failure of one never holds up the other. Storage errors are thrown. Errors outside are counted, and the write is tried again
 * later.
 */
export async function flush(
  memory: SessionMemory,
  journal: Journal,
  outside: Outside,
  now: number,
): Promise<FlushResult> {
  const due = storesDue(memory, now);
  const seq = memory.state.seq;
  for (const store of due) if (memory.progress[store].attempts === 0) setDue(memory, store, null);
  freeze(memory, journal, due, now);
  // Every write is prepared before the first await: what arrives after that belongs to the next plan.
  const read = reader(journal);
  const writes = due.flatMap((store) => {
    const { plan } = memory.progress[store];
    return plan ? [attempt(store, plan, read(plan), memory, journal, outside)] : [];
  });
  memory.writing = true;
  const outcomes = await Promise.all(writes).finally(() => {
    memory.writing = false;
  });
  if (outcomes.length > 0) settle(memory, journal, outcomes);
  const more = outcomes.filter(({ error, plan }) => error === null && plan.hi < seq).map(({ store }) => store);
  return { outcomes, more };
}

/** Makes plans for the stores that have none, in one commit, before anything leaves the actor. */
function freeze(memory: SessionMemory, journal: Journal, due: StoreName[], now: number): void {
  const { progress } = memory;
  const open = due.filter((store) => progress[store].plan === null);
  if (open.length === 0) return;
  const at = Math.max(now, progress.last_plan_at + 1);
  for (const store of open) {
    const plan = cut(journal, progress[store].through, at, identityMark(memory.head));
    progress[store].plan = plan;
    // Something is pending, so there is a plan. If there ever were none, the alarm would ring for ever without this line.
    if (!plan) progress[store].through = memory.state.seq;
  }
  progress.last_plan_at = at;
  const d1 = open.includes("d1") ? progress.d1.plan : null;
  if (d1) journal.writePlan(progress, writeSnapshot(stateAsOf(memory, journal, d1.hi)));
  else journal.writeProgress(progress);
  journal.closeTail();
  memory.unplanned = 0;
}

/** The oldest rows after `through` that fit a plan; at least one row. */
function cut(journal: Journal, through: number, at: number, identity: number): Plan | null {
  const rows = journal.sizesAfter(through);
  const [first] = rows;
  if (!first) return null;
  let { hi } = first;
  let events = 0;
  let units = 0;
  for (const row of rows) {
    events += row.events;
    units += row.units;
    if (row !== first && (events > PLAN_MAX_EVENTS || units > PLAN_MAX_UNITS)) break;
    hi = row.hi;
  }
  return { lo: first.lo, hi, at, identity, refused: [] };
}

/** The state as of seq `hi`, which lies between the last snapshot and now. */
function stateAsOf(memory: SessionMemory, journal: Journal, hi: number): SessionState {
  if (hi === memory.state.seq) return memory.state;
  const snapshot = journal.read()?.snapshot;
  const state = snapshot ? readSnapshot(snapshot) : newState(firstSeq(memory.head.created_at));
  for (const row of journal.range(state.seq + 1, hi)) applyText(state, row.body);
  return state;
}

/** The text of a plan. */
interface Frozen {
  body: string;
  events: number;
}

/** Reads plans. Mostly both stores have a plan of the same range, which is then read once. */
function reader(journal: Journal): (plan: Plan) => Frozen {
  let last: { lo: number; hi: number; frozen: Frozen } | null = null;
  return ({ lo, hi }) => {
    if (last?.lo === lo && last.hi === hi) return last.frozen;
    const rows = journal.range(lo, hi);
    const body = rows.map((row) => row.body).join(",");
    const frozen = { body, events: rows.reduce((sum, row) => sum + row.events, 0) };
    last = { lo, hi, frozen };
    return frozen;
  };
}

function attempt(
  store: StoreName,
  plan: Plan,
  { body, events }: Frozen,
  memory: SessionMemory,
  journal: Journal,
  outside: Outside,
): Promise<Outcome> {
  const { head, progress } = memory;
  const repeated = progress[store].attempts > 0;
  const outcome: Outcome = {
    store,
    plan,
    error: null,
    refused: [],
    identity: identityMark(head),
    database_bytes: null,
    repeated,
  };
  const write =
    store === "r2"
      ? writeArchive(outside.bucket, head, memory.state, progress, plan, body)
      : writeProjection(outside.db, sessionRow(head, stateAsOf(memory, journal, plan.hi), progress), head, {
          plan,
          body,
          // Without rows of its events, D1 gets the session's own row only.
          events: memory.state.events_in === "archive" ? 0 : events,
          outcome,
        });
  return inTime(write, OUTSIDE_TIMEOUT_MS).then(
    () => outcome,
    (error: unknown) => ({ ...outcome, error: errorField(error) }),
  );
}

async function writeArchive(
  bucket: R2Bucket,
  head: Head,
  state: SessionState,
  progress: Progress,
  plan: Plan,
  body: string,
): Promise<void> {
  const isFirst = !progress.meta_written;
  // A put costs as much as four rows of D1, so a session that has no rows of events has no object for this alone either.
  const isWithin = isFirst && state.events_in === "archive";
  const puts = [putEvents(bucket, head, state, plan, body, isWithin)];
  if (isFirst && !isWithin) puts.push(putMeta(bucket, head, state));
  if (head.identity && head.identity_version > progress.identity_written) puts.push(putIdentity(bucket, head, state));
  await Promise.all(puts);
}

interface ProjectionWrite {
  plan: Plan;
  body: string;
  /** Events that D1 gets rows of. */
  events: number;
  outcome: Outcome;
}

async function writeProjection(
  db: D1Database,
  row: SessionRow,
  { session_id, site }: Head,
  { plan, body, events, outcome }: ProjectionWrite,
): Promise<void> {
  const names = insertNames(db, site, body);
  if (plan.refused.length === 0) {
    try {
      const session = upsertSession(db, row, 0);
      const rows = events > 0 ? [insertEvents(db, session_id, body)] : [];
      const results = await db.batch([...rows, ...names, session]);
      outcome.database_bytes = results.at(-1)?.meta.size_after ?? null;
      return;
    } catch (error) {
      if (!isRefusal(error) || events === 0) throw error;
    }
  }
  const { refused, complete } = await isolate(db, session_id, eventsOf(body, plan.refused), ISOLATION_MAX_CALLS);
  outcome.refused.push(...refused);
  if (!complete) throw new Error("more events to isolate than one alarm may");
  if (names.length > 0) await db.batch(names);
  const { meta } = await upsertSession(db, row, plan.refused.length + refused.length).run();
  outcome.database_bytes = meta.size_after ?? null;
}

/**
 * One synchronous turn: raises the watermarks, deletes rows that both stores have, and drops the plans; or writes the failure
 * down. If the missing rows already say all of it (`withRows`), the head row is not written: it is the largest, and billed.
 */
function settle(memory: SessionMemory, journal: Journal, outcomes: Outcome[]): void {
  const before = memory.progress;
  memory.progress = outcomes.reduce((progress, outcome) => settled(progress, outcome, memory), before);
  const through = lowestWatermark(memory.progress);
  const moved = through > lowestWatermark(before);
  // A second try is known to memory alone; after a death the rows would not tell.
  const isFirst = outcomes.every(({ repeated }) => !repeated);
  const isSaid = moved && isFirst && JSON.stringify(withRows(before, through + 1)) === JSON.stringify(memory.progress);
  journal.transaction(() => {
    if (moved) journal.removeThrough(through);
    if (!isSaid) journal.writeProgress(memory.progress);
  });
  if (moved) memory.units = through === memory.state.seq ? 0 : journal.size().units;
}

function settled(progress: Progress, outcome: Outcome, { head, state }: SessionMemory): Progress {
  const { store, plan, error, identity } = outcome;
  const refused = [...plan.refused, ...outcome.refused];
  if (error === null) return written(progress, store, plan, identity, refused.length);
  // The call took time: read the clock again, so that the wait begins now.
  const hurry = state.consent === "denied" && head.identity_version > 0;
  const tried = failed(progress[store], error, Date.now(), Math.random(), hurry);
  return { ...progress, [store]: tried.plan ? { ...tried, plan: { ...plan, refused } } : tried };
}

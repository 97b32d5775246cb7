import { flushAt, IDLE_MS, isPending, type Schedule } from "../../src/core/session/deadline";
import { type Entry, firstSeq, readEntries } from "../../src/core/session/entry";
import { apply } from "../../src/core/session/fold/fold";
import { newState, readSnapshot } from "../../src/core/session/fold/state";
import type { Head } from "../../src/core/session/head";
import { frozenThrough, newProgress, STORES, type StoreName, withRows } from "../../src/core/session/progress";
import type { Journal } from "../../src/data/store/journal";
import { PLAN_MAX_UNITS } from "../../src/limits";
import { SECOND_MS } from "../../src/time";
import { FLUSH_MS } from "./limits";

/** D1 has to show a session within 5 s of its first event: 3 s leave room for the flush itself. */
const FIRST_FLUSH_MS = 3 * SECOND_MS;
/**
 * How long the archive may lag. Nobody reads it while a session lives (a replay takes the rest from the journal), and a put costs
 * as much as four rows.
 */
export const ARCHIVE_MS = 75 * SECOND_MS;
/**
 * The same for a session whose events are in the archive alone. A visit ends before, by itself after 30 idle minutes, and is then one
 * object. Until it is written the actor's own SQLite has it, and answers for it.
 */
export const ARCHIVE_ALONE_MS = 2 * IDLE_MS;
/** Journal text, in UTF-16 units, that flushes at once: half a plan, so that a busy session writes full plans. */
const FLUSH_AT_UNITS = PLAN_MAX_UNITS / 2;
/** Time between flushes that withdrawals ask for: a page that toggles consent must not cause a write each time. */
export const WITHDRAWAL_GAP_MS = 5 * SECOND_MS;

/** What a session actor holds in memory. All of it can be made again from its SQLite. */
export interface SessionMemory extends Schedule {
  head: Head;
  /** Text in the journal table, in UTF-16 units, which is compared with its cap. */
  units: number;
  /** Journal text that no plan has frozen yet. */
  unplanned: number;
  /** When the alarm is set for, epoch ms, as far as this instance knows; null if it does not know. */
  alarm_at: number | null;
}

const IDLE = { flush_due: { d1: null, r2: null }, standby: null, keys_due: null, writing: false, alarm_at: null };

export function newMemory(head: Head): SessionMemory {
  const state = newState(firstSeq(head.created_at));
  const progress = newProgress(state.seq);
  return { ...IDLE, head, state, progress, units: 0, unplanned: 0 };
}

/** Snapshot + journal, folded; null for an id that was never started or has been wiped. */
export function load(journal: Journal, now: number): SessionMemory | null {
  const stored = journal.exists() ? journal.read() : null;
  if (!stored) return null;
  const { head, snapshot } = stored;
  const rows = journal.all();
  const progress = withRows(stored.progress, rows[0]?.lo ?? null);
  const state = snapshot ? readSnapshot(snapshot) : newState(firstSeq(head.created_at));
  for (const store of [progress.d1, progress.r2]) {
    // The process died while it wrote this plan. How that ended is not known, so count it as a failed try.
    if (store.plan && store.attempts === 0) Object.assign(store, { attempts: 1, retry_at: now });
  }
  const waiting = { d1: newWait(), r2: newWait() };
  const frozen = frozenThrough(progress);
  journal.reopenTail(rows.at(-1), frozen);
  for (const row of rows) {
    for (const entry of readEntries(row.body)) {
      // Entries of a plan are due with the plan's retry.
      for (const store of STORES) {
        const { plan, through } = progress[store];
        if (entry.seq > (plan?.hi ?? through)) note(waiting[store], entry, head);
      }
      if (entry.seq > state.seq) apply(state, entry);
    }
  }
  progress.wakes = Math.max(progress.wakes, ...rows.map((row) => row.wake)) + 1;
  const units = textOf(rows);
  const unplanned = textOf(rows.filter(({ hi }) => hi > frozen));
  // Spending was last written with the last plan: add the text since. What calls cost beside their text is lost.
  if (progress.spent && unplanned > 0) {
    progress.spent = { ...progress.spent, bytes: progress.spent.bytes + unplanned };
    progress.untold = (progress.untold ?? 0) + unplanned;
  }
  const memory = { ...IDLE, head, state, progress, units, unplanned };
  const dueAgain = (store: StoreName): number | null => {
    const { oldest, urgent } = waiting[store];
    if (oldest === null) return null;
    if (urgent || unplanned >= FLUSH_AT_UNITS) return now;
    const wait = interval(memory, store);
    return Math.min(oldest + wait, now + wait);
  };
  return { ...memory, flush_due: { d1: dueAgain("d1"), r2: dueAgain("r2") } };
}

const textOf = (rows: readonly { body: string }[]): number => rows.reduce((sum, { body }) => sum + body.length, 0);

/** The entries that a store does not have yet. */
interface Wait {
  /**
   * When the oldest of them was received, epoch ms: an actor that sleeps and wakes between events must not put its flush off
   * each time.
   */
  oldest: number | null;
  /** One of them has to be written at once. */
  urgent: boolean;
}
const newWait = (): Wait => ({ oldest: null, urgent: false });

function note(of: Wait, entry: Entry, head: Head): void {
  // A start is as old as the oldest event it brings, which may have waited in its page for hours.
  const received = entry.kind === "start" ? head.created_at : "received_at" in entry ? entry.received_at : entry.at;
  of.oldest ??= received;
  of.urgent ||= entry.kind === "end" || (entry.kind === "consent" && entry.consent === "denied");
}

/** How long new entries may wait for a store, ms. */
function interval({ progress, state }: Pick<SessionMemory, "progress" | "state">, store: StoreName): number {
  if (store === "r2") return state.events_in === "archive" ? ARCHIVE_ALONE_MS : ARCHIVE_MS;
  return progress.last_plan_at === 0 ? FIRST_FLUSH_MS : FLUSH_MS;
}

export function setDue(memory: SessionMemory, store: StoreName, at: number | null): void {
  memory.flush_due = { ...memory.flush_due, [store]: at };
}

/** The soonest that a withdrawal may be written, epoch ms. It is within the gap even if the clock has jumped back. */
export const withdrawalAt = ({ progress }: Pick<SessionMemory, "progress">, now: number): number =>
  Math.min(Math.max(now, progress.last_plan_at + WITHDRAWAL_GAP_MS), now + WITHDRAWAL_GAP_MS);

/**
 * Whether a session whose events are in the archive alone holds so much text that the journal would be full before the archive is
 * due. Not while D1 fails: then the text is what D1 lacks.
 */
const isArchiveOverdue = (memory: SessionMemory): boolean =>
  memory.state.events_in === "archive" &&
  memory.units >= FLUSH_AT_UNITS &&
  memory.progress.d1.attempts === 0 &&
  isPending(memory, "r2");

/** Decides when the newest entries are written to each store. `random` is in [0, 1). */
export function scheduleFlush(
  memory: SessionMemory,
  why: { ended: boolean; withdrawn: boolean },
  now: number,
  random: number,
): void {
  const isUrgent = why.ended || memory.unplanned >= FLUSH_AT_UNITS;
  const soon = isUrgent ? now : why.withdrawn ? withdrawalAt(memory, now) : null;
  if (isArchiveOverdue(memory)) setDue(memory, "r2", Math.min(memory.flush_due.r2 ?? now, now));
  for (const store of STORES) {
    if (!isPending(memory, store)) continue;
    const due = memory.flush_due[store];
    const wait = interval(memory, store);
    if (soon !== null) setDue(memory, store, Math.min(due ?? soon, soon));
    else if (due === null)
      setDue(memory, store, store === "d1" ? flushAt(now, wait, memory.alarm_at, random) : now + wait);
  }
}

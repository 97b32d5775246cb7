import { flushAt, isPending, type Schedule } from "../../src/core/session/deadline";
import { type Entry, firstSeq, readEntries } from "../../src/core/session/entry";
import { apply } from "../../src/core/session/fold";
import type { Head } from "../../src/core/session/head";
import { frozenThrough, newProgress, STORES, type StoreName, withRows } from "../../src/core/session/progress";
import { newState, readSnapshot } from "../../src/core/session/state";
import type { Journal } from "../../src/data/store/journal";
import { PLAN_MAX_UNITS } from "../../src/limits";
import { SECOND_MS } from "../../src/time";
import { FLUSH_MS } from "./limits";

/** D1 shows a session within 5 s of its first event; 3 s leaves room for the flush itself. */
const FIRST_FLUSH_MS = 3 * SECOND_MS;
/**
 * The archive may lag this long behind: nobody looks at it while a session lives (a replay has what is not there yet from
 * the journal), and each put costs what four rows do.
 */
export const ARCHIVE_MS = 75 * SECOND_MS;
/** Journal text that flushes at once: half a plan, so that a busy session writes full plans. */
const FLUSH_AT_UNITS = PLAN_MAX_UNITS / 2;
/** Between flushes that withdrawals ask for: consent that is toggled must not write at the rate it is toggled. */
export const WITHDRAWAL_GAP_MS = 5 * SECOND_MS;

/** What a session actor holds in memory. All of it can be made again from its SQLite. */
export interface SessionMemory extends Schedule {
  head: Head;
  /** Text in the journal table, in UTF-16 units: what its cap is held against. */
  units: number;
  /** Journal text that no plan has frozen yet. */
  unplanned: number;
  /** When the alarm is set for, as far as this instance knows; null when it does not. */
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
  const rows = journal.range(0, Number.MAX_SAFE_INTEGER);
  const progress = withRows(stored.progress, rows[0]?.lo ?? null);
  const state = snapshot ? readSnapshot(snapshot) : newState(firstSeq(head.created_at));
  for (const store of [progress.d1, progress.r2]) {
    // A plan that outlived its process was being written: how that ended is not known, so it counts as a failed try.
    if (store.plan && store.attempts === 0) Object.assign(store, { attempts: 1, retry_at: now });
  }
  const waiting = { d1: newWait(), r2: newWait() };
  const frozen = frozenThrough(progress);
  journal.reopenTail(rows.at(-1), frozen);
  for (const row of rows) {
    for (const entry of readEntries(row.body)) {
      // What a plan holds is due with its retry.
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
  // What came since it was last written down, but for what calls count beside their text.
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

/** What a store does not have yet. */
interface Wait {
  /**
   * When the oldest entry was received, epoch ms: an actor that sleeps and wakes between events must not put its flush off
   * each time.
   */
  oldest: number | null;
  /** Something that is written at once is among it. */
  urgent: boolean;
}
const newWait = (): Wait => ({ oldest: null, urgent: false });

function note(of: Wait, entry: Entry, head: Head): void {
  // A start is as old as the oldest event it brings, which may have waited in its page for hours.
  const received = entry.kind === "start" ? head.created_at : "received_at" in entry ? entry.received_at : entry.at;
  of.oldest ??= received;
  of.urgent ||= entry.kind === "end" || (entry.kind === "consent" && entry.consent === "denied");
}

/** How long what has come may wait for a store, ms. */
function interval({ progress }: Pick<SessionMemory, "progress">, store: StoreName): number {
  if (store === "r2") return ARCHIVE_MS;
  return progress.last_plan_at === 0 ? FIRST_FLUSH_MS : FLUSH_MS;
}

export function setDue(memory: SessionMemory, store: StoreName, at: number | null): void {
  memory.flush_due = { ...memory.flush_due, [store]: at };
}

/** The soonest that a withdrawal may have things written, epoch ms; within the gap even if the clock has jumped back. */
export const withdrawalAt = ({ progress }: Pick<SessionMemory, "progress">, now: number): number =>
  Math.min(Math.max(now, progress.last_plan_at + WITHDRAWAL_GAP_MS), now + WITHDRAWAL_GAP_MS);

/** Decides when what has just been journalled is to be written out. `random` is in [0, 1). */
export function scheduleFlush(
  memory: SessionMemory,
  why: { ended: boolean; withdrawn: boolean },
  now: number,
  random: number,
): void {
  const isUrgent = why.ended || memory.unplanned >= FLUSH_AT_UNITS;
  const soon = isUrgent ? now : why.withdrawn ? withdrawalAt(memory, now) : null;
  for (const store of STORES) {
    if (!isPending(memory, store)) continue;
    const due = memory.flush_due[store];
    const wait = interval(memory, store);
    if (soon !== null) setDue(memory, store, Math.min(due ?? soon, soon));
    else if (due === null)
      setDue(memory, store, store === "d1" ? flushAt(now, wait, memory.alarm_at, random) : now + wait);
  }
}

import { nextDeadline } from "../../src/core/session/deadline";
import type { Progress } from "../../src/core/session/progress";
import type { Journal } from "../../src/data/store/journal";
import { readTombstone } from "../../src/data/store/tombstone";
import { KEY_CHECK_MS } from "../../src/limits";
import { errorField, type Logger } from "../../src/ops/logger";
import { canBeRevoked } from "../sockets/followers";
import { FLUSH_MS } from "./limits";
import { load, type SessionMemory } from "./memory";

export interface InstanceHost {
  ctx: DurableObjectState;
  /** The journal as it is now: a wipe makes a new one. */
  journal(): Journal;
  log: Logger;
}

/**
 * This instance of a session's actor: what it has in memory, which it loads from SQLite when asked, and the alarm that it has
 * set. A storage failure ends it.
 */
export class Instance {
  /** The session as this instance knows it; null before it is loaded, and when there is none. */
  memory: SessionMemory | null = null;
  /** The session is erased, and takes nothing any more. */
  isErased = false;
  readonly #host: InstanceHost;
  #alarmAtWake: number | null = null;
  #isWakeCounted = false;

  constructor(host: InstanceHost) {
    this.#host = host;
    const { ctx } = host;
    // Read once: reading the alarm costs a row read per wake, setting it again would cost a row written.
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAtWake = await ctx.storage.getAlarm();
    });
  }

  /** The session. If it is not in memory yet, it is loaded, and its alarm is set. */
  wake(now: number): SessionMemory | null {
    if (this.memory || this.isErased) return this.memory;
    const memory = this.load(now);
    if (!memory) return null;
    memory.alarm_at = this.#alarmAtWake;
    this.planKeyCheck(memory, now);
    this.setDeadline(memory);
    return memory;
  }

  /** The session, without a look at its alarm: for the alarm itself. */
  load(now: number): SessionMemory | null {
    if (!this.isErased) this.memory ??= this.orAbort(() => load(this.#host.journal(), now));
    return this.memory;
  }

  /** Whether the session is erased for good, as this instance knows or the tombstone says. */
  isGone(memory: SessionMemory | null): boolean {
    this.isErased ||= !memory && readTombstone(this.#host.ctx.storage) !== null;
    return this.isErased;
  }

  /** A read-only wake writes no row, so count it here or it is lost. */
  countWake({ progress }: SessionMemory): void {
    if (this.#isWakeCounted) return;
    this.save(progress);
    this.#isWakeCounted = true;
  }

  save(progress: Progress): void {
    this.orAbort(() => this.#host.journal().writeProgress(progress));
  }

  /** A storage call that throws leaves memory in doubt: drop it, so that the next call begins from SQLite. */
  orAbort<T>(step: () => T): T {
    try {
      return step();
    } catch (error) {
      return this.abort(error);
    }
  }

  abort(error: unknown): never {
    this.#host.log.error("storage_failed", { error: errorField(error) });
    this.memory = null;
    this.#host.ctx.abort("storage failed");
    throw error;
  }

  /** Sets the alarm when none is known or the known one is later: each `setAlarm` is a billed row. */
  setDeadline(memory: SessionMemory): void {
    const due = nextDeadline(memory);
    if (due === null) return;
    // During a write this alarm replaces the running one: if the process dies, it must find the plan.
    const at = memory.writing ? Math.min(due, Date.now() + FLUSH_MS) : due;
    if (memory.alarm_at !== null && memory.alarm_at <= at) return;
    memory.alarm_at = at;
    this.#host.journal().setAlarm(at);
  }

  /** Plans the next check of the followers' keys, if one of these can be revoked. */
  planKeyCheck(memory: SessionMemory, now: number): void {
    if (memory.keys_due !== null || !canBeRevoked(this.#host.ctx.getWebSockets("watch"))) return;
    memory.keys_due = now + KEY_CHECK_MS;
    this.setDeadline(memory);
  }
}

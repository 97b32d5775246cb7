import type { Env } from "../../src/bindings";
import { forgetAt, idleAt, wipeAt } from "../../src/core/session/deadline";
import type { EndEntry } from "../../src/core/session/entry";
import { abandonments } from "../../src/core/session/fold/forms";
import { KEY_CHECK_MS } from "../../src/limits";
import type { Logger } from "../../src/ops/logger";
import { canBeRevoked, closeRevoked } from "../sockets/followers";
import { dropTombstone } from "./erasing";
import type { Ingest } from "./ingest";
import type { Inquiry } from "./inquiry";
import type { Instance } from "./instance";
import { IDENTITY_WAIT_MS } from "./limits";
import type { SessionMemory } from "./memory";
import type { Reporter } from "./reporter";
import type { SessionSpending } from "./spending";
import type { WritingOut } from "./writing-out";

const isDue = (time: number | null, now: number): boolean => time !== null && time <= now;

export interface AlarmHost {
  ctx: DurableObjectState;
  env: Pick<Env, "DB">;
  instance: Instance;
  ingest: Ingest;
  inquiry: Inquiry;
  writingOut: WritingOut;
  eraseWithdrawn(memory: SessionMemory): Promise<void>;
  reporter: Reporter;
  spending: SessionSpending;
  /** The journal's tables are about to be deleted, so a new journal begins. */
  renewJournal(): void;
  log: Logger;
}

/** Everything a session does by itself, on its one alarm. Never throws for a failure outside, so that no alarm is dropped. */
export class AlarmWork {
  readonly #host: AlarmHost;
  #running: Promise<void> = Promise.resolve();

  constructor(host: AlarmHost) {
    this.#host = host;
  }

  ring(): Promise<void> {
    this.#running = this.#work();
    return this.#running;
  }

  /** Resolves when the running alarm, or the last one, has ended. */
  settled = (): Promise<void> => this.#running;

  async #work(): Promise<void> {
    const { ctx, instance, ingest, inquiry, writingOut } = this.#host;
    const now = Date.now();
    const memory = instance.load(now);
    if (!memory) return dropTombstone(ctx.storage, Date.now());
    // While this alarm runs it counts as set: the runtime rings it again if this process dies.
    memory.alarm_at = now;
    memory.standby = null;
    // An instance that this alarm has woken does not know when it last checked the followers' keys.
    if (memory.keys_due === null && canBeRevoked(this.#watchers())) memory.keys_due = now;
    this.#endIfIdle(memory, now);
    ingest.add(memory, abandonments(memory.state, now), now);
    ingest.ask(memory, "alarm", now);
    await inquiry.settled(IDENTITY_WAIT_MS);
    if (instance.memory !== memory) return;
    memory.alarm_at = null;
    try {
      await writingOut.run(memory);
    } catch (error) {
      instance.abort(error);
    }
    await this.#host.eraseWithdrawn(memory);
    await this.#checkKeys(memory);
    if (instance.memory === memory) await this.#finish(memory);
  }

  #endIfIdle(memory: SessionMemory, now: number): void {
    if (!isDue(idleAt(memory), now)) return;
    const end: EndEntry = {
      seq: memory.state.seq + 1,
      at: now,
      kind: "end",
      received_at: now,
      reason: "idle",
      exit_page: null,
    };
    this.#host.ingest.add(memory, [end], now, true);
  }

  async #checkKeys(memory: SessionMemory): Promise<void> {
    const { env, log } = this.#host;
    const now = Date.now();
    if (!isDue(memory.keys_due, now)) return;
    await closeRevoked(env, this.#watchers(), now, log);
    memory.keys_due = canBeRevoked(this.#watchers()) ? now + KEY_CHECK_MS : null;
  }

  async #finish(memory: SessionMemory): Promise<void> {
    const { instance, reporter, spending } = this.#host;
    const now = Date.now();
    reporter.flushed(memory, now);
    spending.flushed(memory);
    if (isDue(forgetAt(memory), now) || isDue(wipeAt(memory), now)) await this.#wipe();
    else instance.setDeadline(memory);
  }

  /**
   * Wipes a session whose stay is over and that is written out, or that never had an event or a lead. The id is free again. Memory
   * goes in the same turn.
   */
  async #wipe(): Promise<void> {
    const { ctx, instance, renewJournal, log } = this.#host;
    instance.memory = null;
    renewJournal();
    for (const socket of ctx.getWebSockets()) socket.close(4404, "session_unknown");
    await ctx.storage.deleteAll();
    log.debug("wiped");
  }

  #watchers = (): WebSocket[] => this.#host.ctx.getWebSockets("watch");
}

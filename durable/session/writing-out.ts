import type { Env } from "../../src/bindings";
import { storesDue } from "../../src/core/session/deadline";
import type { Journal } from "../../src/data/store/journal";
import { DATABASE_SHED_BYTES } from "../../src/limits";
import { errorField, type Logger } from "../../src/ops/logger";
import { countSession } from "./count";
import { type FlushResult, flush, type Outside } from "./flush";
import type { Instance } from "./instance";
import { FLUSH_MS } from "./limits";
import { type SessionMemory, setDue } from "./memory";
import type { SessionSpending } from "./spending";
import { tellStuck } from "./stuck";
import type { Watch } from "./watch";

/** Plans written per alarm before it yields to the next one: 20,000 events. */
const PLANS_PER_ALARM = 20;

export interface WritingOutHost {
  ctx: DurableObjectState;
  env: Pick<Env, "TRACKING_KV" | "ALERTS">;
  instance: Instance;
  journal(): Journal;
  outside: Outside;
  spending: SessionSpending;
  watch: Watch;
  log: Logger;
}

/** Writes to the stores outside, plan after plan, until nothing is due. */
export class WritingOut {
  /** Whether the database is nearly full, as D1 said at this instance's last flush. */
  isDatabaseFull = false;
  readonly #host: WritingOutHost;
  /** The last count on its way to KV. */
  #counting: Promise<void> = Promise.resolve();

  constructor(host: WritingOutHost) {
    this.#host = host;
  }

  /** Throws for storage errors only: a failure outside is an outcome. */
  async run(memory: SessionMemory): Promise<void> {
    const { instance, journal, outside, spending, env, log } = this.#host;
    for (let i = 0; i < PLANS_PER_ALARM && instance.memory === memory; i++) {
      const now = Date.now();
      this.#count(memory, now);
      spending.writing(memory, storesDue(memory, now).length, now);
      const { outcomes, more } = await flush(memory, journal(), outside, now);
      for (const outcome of outcomes) this.#note(memory, outcome, now);
      await tellStuck(env, memory, outcomes, log);
      if (outcomes.length > 0) this.#written(memory, outcomes);
      if (more.length === 0) return;
      for (const store of more) setDue(memory, store, Date.now());
    }
  }

  /** Resolves when the last count has arrived, or failed. */
  settled = (): Promise<void> => this.#counting;

  #count(memory: SessionMemory, now: number): void {
    const { ctx, env, log } = this.#host;
    const count = countSession(memory, env.TRACKING_KV, now);
    if (!count) return;
    this.#counting = count.catch((error) => log.warn("count_failed", { error: errorField(error) }));
    ctx.waitUntil(this.#counting);
  }

  #note(memory: SessionMemory, outcome: FlushResult["outcomes"][number], began: number): void {
    const { log } = this.#host;
    const { store, plan, error, refused, database_bytes } = outcome;
    if (database_bytes !== null) this.isDatabaseFull = database_bytes >= DATABASE_SHED_BYTES;
    const fields = { store, lo: plan.lo, hi: plan.hi, ms: Date.now() - began, quarantined: refused.length };
    if (error === null) log.debug("flushed", fields);
    else log.warn("flush_failed", { ...fields, attempts: memory.progress[store].attempts, error });
  }

  /** Those who follow see the watermarks. With a page's socket open, the alarm stands ready for the next flush of D1. */
  #written(memory: SessionMemory, outcomes: FlushResult["outcomes"]): void {
    const { ctx, watch } = this.#host;
    watch.tell(memory, [], Date.now());
    const isOpen = memory.state.ended_at === null && ctx.getWebSockets("track").length > 0;
    const isReady = isOpen && outcomes.some(({ store }) => store === "d1");
    memory.standby = isReady ? Date.now() + FLUSH_MS : null;
  }
}

import type { Env, ErasedSession, UnlinkedSession } from "../../src/bindings";
import {
  isLatestTheirs,
  isSameLife,
  type Life,
  type LifeRow,
  latestOf,
  withRow,
} from "../../src/core/session/calls/life";
import { unlinked } from "../../src/core/session/calls/unlink";
import { sessionPrefix } from "../../src/data/store/archive";
import { inTime } from "../../src/ops/in-time";
import { eraseLives, eraseSession, lifeNow, livesOf } from "./erasing";
import type { Ingest } from "./ingest";
import type { Instance } from "./instance";
import { ERASE_WAIT_MS } from "./limits";
import type { SessionMemory } from "./memory";
import { forgetStuck } from "./stuck";
import { unlinkOutside } from "./unlinking";

export interface SessionErasureHost {
  ctx: DurableObjectState;
  env: Pick<Env, "DB" | "TRACKING_R2" | "TRACKING_KV" | "ALERTS">;
  instance: Instance;
  ingest: Ingest;
  /** Resolves when nothing of the session is under way any more. */
  quiet(): Promise<void>;
  /** The journal's tables are gone, so a new journal begins. */
  renewJournal(): void;
}

/** What a visitor's erasure asks of a session: whose its lives are, to unlink it, or to erase it. */
export class SessionErasure {
  readonly #host: SessionErasureHost;

  constructor(host: SessionErasureHost) {
    this.#host = host;
  }

  /**
   * Whose the session's lives are. The erasure begins here: if the newest life is the visitor's own, nothing is taken any more.
   * `row`: D1's, if it names the visitor.
   */
  async subject(visitor_id: string, row: LifeRow | null): Promise<Life[]> {
    const { instance } = this.#host;
    for (;;) {
      const memory = instance.wake(Date.now());
      const isOwn = (lives: readonly Life[]): boolean =>
        isLatestTheirs(lives, visitor_id, memory?.state.started_at ?? null);
      if (memory && isOwn(withRow([lifeNow(memory)], visitor_id, row))) instance.isErased = true;
      const isClosed = instance.isErased;
      const lives = withRow(await this.told(), visitor_id, row);
      if (isClosed || !isOwn(lives)) return lives;
      // The session has begun anew meanwhile: look again whose it is now.
      if (instance.memory !== memory) continue;
      instance.isErased = true;
      if (!memory) return lives;
      // Only the archive knew that it is theirs. The session may have named others since, so ask once more.
    }
  }

  /** Whose the session's lives are, as far as the actor and the archive know. */
  told(): Promise<Life[]> {
    const memory = this.#host.instance.wake(Date.now());
    return livesOf(this.#host.env.TRACKING_R2, this.#id(memory), memory);
  }

  /** Whether the session has shown the secret of this visitor's id. */
  proves(visitor_id: string): boolean {
    const identity = this.#host.instance.wake(Date.now())?.head.identity;
    return identity?.visitor_id === visitor_id && identity.visitor_proven === true;
  }

  /** From now on the session names nobody, as after a withdrawal. The rest of it stays. */
  async unlink(visitor_id: string, starts: readonly number[], others: readonly number[]): Promise<UnlinkedSession> {
    const { env, ingest } = this.#host;
    const memory = this.#lifeBeside(others);
    if (memory && this.proves(visitor_id)) return { is_proven: true, again: false };
    const wasStuck = isStuck(memory);
    if (memory) ingest.commit(memory, unlinked(memory, visitor_id, Date.now()), Date.now());
    const settled = await inTime(this.#host.quiet(), ERASE_WAIT_MS).then(
      () => true,
      () => false,
    );
    const id = this.#id(memory);
    const prefixes = new Set(starts.map((start) => sessionPrefix(id, start)));
    const current = memory && sessionPrefix(id, memory.state.started_at);
    // If the session names somebody again, after another consent, nothing of theirs is removed.
    if (current && memory.head.identity) prefixes.delete(current);
    else if (current) prefixes.add(current);
    await unlinkOutside({ db: env.DB, bucket: env.TRACKING_R2 }, id, visitor_id, prefixes);
    return { is_proven: false, again: !settled || wasStuck || isStuck(memory) };
  }

  /** From now on nothing is taken, and everything that the session has written goes, unless its newest life stays. */
  async erase(starts: readonly number[], others: readonly number[]): Promise<ErasedSession> {
    const { ctx, env, instance, quiet, renewJournal } = this.#host;
    const memory = this.#lifeBeside(others);
    const goes_on = memory ? false : instance.wake(Date.now()) !== null || latestOf(others) > latestOf(starts);
    if (goes_on) {
      const erased = await eraseLives(env, this.#id(instance.memory), starts, others);
      return { ...erased, again: false, goes_on };
    }
    instance.isErased = true;
    instance.memory = null;
    for (const socket of ctx.getWebSockets()) socket.close(4404, "session_erased");
    if (memory) await forgetStuck(env, memory);
    const erased = await eraseSession({
      storage: ctx.storage,
      outside: env,
      session_id: this.#id(memory),
      starts: memory ? withCurrent(starts, memory.state.started_at) : starts,
      others,
      running: quiet(),
      isUncertain: () => memory !== null && (memory.progress.d1.plan ?? memory.progress.r2.plan) !== null,
    });
    renewJournal();
    return erased;
  }

  /** The life that is under way, unless it is one of `others`. */
  #lifeBeside(others: readonly number[]): SessionMemory | null {
    const memory = this.#host.instance.wake(Date.now());
    return memory && others.some((start) => isSameLife(start, memory.state.started_at)) ? null : memory;
  }

  #id = (memory: SessionMemory | null): string => this.#host.ctx.id.name ?? memory?.head.session_id ?? "";
}

/** The starts, with the exact time of the life under way in place of what the caller knows of it. */
const withCurrent = (starts: readonly number[], current: number): number[] => [
  ...starts.filter((start) => !isSameLife(start, current)),
  current,
];

/** A write was given up, and may still land. */
const isStuck = (memory: SessionMemory | null): boolean =>
  memory !== null && memory.progress.d1.attempts + memory.progress.r2.attempts > 0;

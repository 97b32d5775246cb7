import { claimedKey } from "../../src/core/leads/identity";
import type { Unheard } from "../../src/core/leads/lead";
import type { LeadState } from "../../src/data/store/lead";
import { settleClaims } from "../../src/data/store/leads";
import { OUTSIDE_TIMEOUT_MS } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { errorField } from "../../src/ops/logger";
import { SECOND_MS } from "../../src/time";
import type { LeadHost } from "./host";

/**
 * A session that has not shown whose a lead is, is asked again: after 2 s, then each time after twice as long, 15 times in some 18
 * hours. A page's calls may come that late, and its session answers for a day after its end.
 */
export const LEAD_ASK_MS = 2 * SECOND_MS;
export const LEAD_ASKS = 15;

/** What a new submit notes, so that its session is asked. */
export const toBeAsked = (unheard: Unheard, now: number): NonNullable<LeadState["unheard"]> => ({
  ...unheard,
  asks: 0,
  ask_at: now + LEAD_ASK_MS,
});

/** Asks a submit's session whether its visitor is the one whom the submit claims. */
export class Proof {
  readonly #host: LeadHost;
  #asking: Promise<void> | null = null;

  constructor(host: LeadHost) {
    this.#host = host;
  }

  /** The question that is on its way, or the last one. */
  get running(): Promise<void> | null {
    return this.#asking;
  }

  /** Asks if it is time, and D1 has the submit. */
  ask(): Promise<void> {
    this.#asking = this.#askOnce();
    return this.#asking;
  }

  /** Stops asking. */
  drop(): void {
    this.#note(null);
  }

  async #askOnce(): Promise<void> {
    const { env, store, log } = this.#host;
    const state = store.read();
    if (!state?.unheard || !state.claim || state.unheard.ask_at > Date.now()) return;
    const { unheard, site, lead_id } = state;
    const asks = unheard.asks + 1;
    const next = { ...unheard, asks, ask_at: Date.now() + LEAD_ASK_MS * 2 ** asks };
    this.#note(asks < LEAD_ASKS ? next : null);
    try {
      const { session_id, key_hash, claimed } = unheard;
      const asked = env.SESSION.getByName(session_id).provenVisitor({ site, key_hash });
      const visitor_id = await inTime(asked, OUTSIDE_TIMEOUT_MS);
      if (visitor_id === null || (await claimedKey(visitor_id)) !== claimed) return;
      await inTime(settleClaims(env.DB, lead_id, visitor_id), OUTSIDE_TIMEOUT_MS);
      this.drop();
    } catch (error) {
      log.warn("session_unheard", { asks, error: errorField(error) });
    }
  }

  #note(unheard: NonNullable<LeadState["unheard"]> | null): void {
    const known = this.#host.store.read();
    if (!known) return;
    const { unheard: _, ...state } = known;
    this.#host.store.write({ ...state, ...(unheard && { unheard }) });
  }
}

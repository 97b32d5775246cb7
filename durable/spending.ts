import { chargeOf, chargeOfChunk } from "../src/budget/charge";
import { spend, waitFor } from "../src/budget/level";
import { isShed, sessionAllowance } from "../src/budget/site";
import type { CallBudget } from "../src/budget/spending";
import type { Env } from "../src/env";
import { errorField, type Logger } from "../src/http/logger";
import { placeOf } from "../src/identity/name";
import {
  BUDGET_MAX_WAIT_SECONDS,
  BUDGET_TELL_BYTES,
  BUDGET_TELL_NOW_BYTES,
  CHARGE_SESSION_BYTES,
  CHARGE_WRITE_BYTES,
} from "../src/limits";
import type { Entry } from "../src/session/entry";
import { type Refused, refused } from "../src/session/result";
import type { Memory } from "./memory";

/** What was taken with one call. */
export interface Taking {
  entries: readonly Entry[];
  /** Length of their journal text, UTF-16 units. */
  units: number;
  /** It began the session. */
  isFirst: boolean;
}

/** Until a time, epoch ms; 0 where it is over, or further off than it was ever set: the clock has jumped back. */
function secondsLeft(until: number, now: number): number {
  const left = Math.ceil((until - now) / 1_000);
  return left > 0 && left <= BUDGET_MAX_WAIT_SECONDS ? left : 0;
}

/**
 * What a session spends. Its own budget it keeps itself; of its address's and its site's it tells the shard of the address,
 * with its flushes, and at once where it is much: by as much a session may overrun them. Best effort: the session never waits.
 */
export class Spending {
  readonly #env: Pick<Env, "IDENTITY">;
  readonly #log: Logger;
  /** Until when the session, and its address, may spend nothing, epoch ms. */
  #until = 0;
  #sender: { name: string | null; until: number } = { name: null, until: 0 };
  #share = 0;
  /** Not told yet, bytes, and of which call's budget it is. */
  #untold = 0;
  #budget: CallBudget | null = null;
  #telling: Promise<void> = Promise.resolve();

  constructor(env: Pick<Env, "IDENTITY">, log: Logger) {
    this.#env = env;
    this.#log = log;
  }

  /** Why a call is not taken, if it is not. */
  refusal(memory: Memory | null, budget: CallBudget, now: number): Refused | null {
    if (budget.spent_for !== undefined)
      return refused("budget_spent", "There is nothing left to spend.", budget.spent_for);
    const ofSender = this.#sender.name === budget.sender ? secondsLeft(this.#sender.until, now) : 0;
    if (budget.sender !== null && ofSender > 0) {
      const detail = "This address has sent more than it may in a while.";
      return { ...refused("budget_spent", detail, ofSender), sender: budget.sender };
    }
    let wait = secondsLeft(this.#until, now);
    if (wait === 0) {
      wait = waitFor(memory?.progress.spent, sessionAllowance(this.#share, budget.session_hour), now);
      if (wait > 0) this.#until = now + wait * 1_000;
    }
    return wait > 0 ? refused("budget_spent", "This session has sent more than it may in a while.", wait) : null;
  }

  /** Counts what has been taken. It is written down with the next flush. */
  taken(memory: Memory, budget: CallBudget, { entries, units, isFirst }: Taking, now: number): void {
    const bytes = chargeOf(entries, units);
    const allowance = sessionAllowance(this.#share, budget.session_hour);
    memory.progress.spent = spend(memory.progress.spent, bytes, allowance, now);
    this.#count(memory, budget, isFirst ? bytes + CHARGE_SESSION_BYTES : bytes);
  }

  /** Counts a chunk of the page's recording, which has a limit of its own: it is the address's and the site's. */
  recorded(memory: Memory, budget: CallBudget, bytes: number): void {
    this.#count(memory, budget, chargeOfChunk(bytes));
  }

  /** Whether what comes goes to the archive only. */
  isShed = ({ progress }: Memory): boolean => isShed(this.#share, progress.spent?.bytes ?? 0);

  /** Counts what was written to stores outside: who acts seldom has each act written by itself. */
  wrote(memory: Memory, stores: number): void {
    const budget = this.#budget;
    if (!budget) return;
    const bytes = stores * CHARGE_WRITE_BYTES;
    const allowance = sessionAllowance(this.#share, budget.session_hour);
    memory.progress.spent = spend(memory.progress.spent, bytes, allowance, Date.now());
    this.#count(memory, budget, bytes);
  }

  /** After a flush. */
  flushed(memory: Memory): void {
    if (this.#untold >= BUDGET_TELL_BYTES) this.#tell(memory);
  }

  /** When the last word has arrived, or failed. */
  settled = (): Promise<void> => this.#telling;

  #count(memory: Memory, budget: CallBudget, bytes: number): void {
    // Of another address: what is left is the former's.
    if (this.#budget && this.#budget.sender !== budget.sender) this.#tell(memory);
    this.#budget = budget;
    this.#untold += bytes;
    if (this.#untold >= BUDGET_TELL_NOW_BYTES) this.#tell(memory);
  }

  #tell(memory: Memory): void {
    const budget = this.#budget;
    if (!budget || this.#untold === 0) return;
    const { site } = memory.head;
    const { sender, address_hour, site_day } = budget;
    const spending = { v: 1 as const, of: "calls" as const, sender, address_hour, site_day, site, bytes: this.#untold };
    this.#untold = 0;
    // Who sends with a key has no budget as an address: those of a site meet at random.
    const { shard } = placeOf(this.#env.IDENTITY, "address", sender ?? memory.head.session_id, site);
    this.#telling = this.#env.IDENTITY.getByName(shard)
      .spend(spending)
      .then(({ wait, share }) => {
        this.#share = share;
        if (wait > 0) this.#sender = { name: sender, until: Date.now() + wait * 1_000 };
      })
      .catch((error: unknown) => this.#log.debug("spending_failed", { error: errorField(error) }));
  }
}

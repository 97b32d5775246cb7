import type { Env } from "../../src/bindings";
import { chargeOf, chargeOfChunk } from "../../src/core/budget/charge";
import { secondsLeft, spend, waitFor } from "../../src/core/budget/level";
import { isShed, sessionAllowance } from "../../src/core/budget/site";
import { type CallBudget, type Spending, senderKey } from "../../src/core/budget/spending";
import { placeOf } from "../../src/core/identity/name";
import { type Refused, refused } from "../../src/core/session/calls/result";
import type { Entry } from "../../src/core/session/entry";
import { CHARGE_SESSION_BYTES, CHARGE_WRITE_BYTES, OUTSIDE_TIMEOUT_MS } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { errorField, type Logger } from "../../src/ops/logger";
import type { SessionMemory } from "./memory";

/** Untold bytes from which a session tells what it has spent: with its next flush, or at once. Its first call is always told. */
const BUDGET_TELL_BYTES = 8 * 1024;
const BUDGET_TELL_NOW_BYTES = 16 * 1024;

/** The part of a call that was taken. */
export interface Taking {
  entries: readonly Entry[];
  /** Length of their journal text, UTF-16 units. */
  units: number;
  /** Whether the call began the session. */
  isFirst: boolean;
}

const keyOf = ({ sender, address_hour }: CallBudget): string | null =>
  sender === null ? null : senderKey(sender, address_hour);

const spent = (detail: string, wait: number, spent_by?: string): Refused => ({
  ...refused("budget_spent", detail, wait),
  ...(spent_by !== undefined && { spent_by }),
});

/**
 * What a session spends. The session keeps its own budget. The shard of its address keeps the budgets of the address and the site.
 * It is told with the first call, with flushes, and at once if it is much: by so much a session may overrun them. Best effort: the
 * session never waits.
 */
export class SessionSpending {
  readonly #env: Pick<Env, "IDENTITY">;
  readonly #log: Logger;
  /** Until when the session (here) and an address (below) may spend nothing, epoch ms. */
  #until = 0;
  #sender: { key: string | null; until: number } = { key: null, until: 0 };
  #share = 0;
  /** The budget of the last call. */
  #budget: CallBudget | null = null;
  /** This instance has told something. Until then, what an earlier instance left untold is told early. */
  #hasTold = false;
  #telling: Promise<void> = Promise.resolve();

  constructor(env: Pick<Env, "IDENTITY">, log: Logger) {
    this.#env = env;
    this.#log = log;
  }

  /** Why a call is not taken; null if it is. `memory` is null if the call begins the session. */
  refusal(memory: SessionMemory | null, session_id: string, budget: CallBudget, now: number): Refused | null {
    const { spent_for, new_sessions_wait } = budget;
    if (spent_for !== undefined) return spent("There is nothing left to spend.", spent_for);
    if (!memory && new_sessions_wait) return spent("This site takes no new sessions for a while.", new_sessions_wait);
    const key = keyOf(budget);
    const ofSender = this.#sender.key === key ? secondsLeft(this.#sender.until, now) : 0;
    if (key !== null && ofSender > 0) return spent("This address has sent more than it may in a while.", ofSender, key);
    let wait = secondsLeft(this.#until, now);
    if (wait === 0) {
      wait = waitFor(memory?.progress.spent, this.#allowance(budget), now);
      if (wait > 0) this.#until = now + wait * 1_000;
    }
    return wait > 0 ? spent("This session has sent more than it may in a while.", wait, session_id) : null;
  }

  /** Whether what comes with a call goes to the archive only. */
  isShed = (memory: SessionMemory | null, budget: CallBudget): boolean =>
    budget.is_database_full === true || isShed(this.#shareOf(budget), memory?.progress.spent?.bytes ?? 0);

  /** Counts what has been taken. It is written down with the next flush. */
  taken(memory: SessionMemory, budget: CallBudget, { entries, units, isFirst }: Taking, now: number): void {
    const bytes = chargeOf(entries, units);
    memory.progress.spent = spend(memory.progress.spent, bytes, this.#allowance(budget), now);
    this.#count(memory, budget, isFirst ? bytes + CHARGE_SESSION_BYTES : bytes, isFirst);
  }

  /** Counts a chunk of the page's recording, for the address and the site only. The session has a separate limit for recordings. */
  recorded(memory: SessionMemory, budget: CallBudget, bytes: number): void {
    this.#count(memory, budget, chargeOfChunk(bytes));
  }

  /** Counts the writes that are about to happen: a visitor who acts seldom causes one for each act. */
  writing(memory: SessionMemory, stores: number, now: number): void {
    const { progress } = memory;
    if (!progress.spent) return;
    const bytes = stores * CHARGE_WRITE_BYTES;
    progress.spent = { bytes: progress.spent.bytes + bytes, at: Math.min(progress.spent.at, now) };
    progress.untold = (progress.untold ?? 0) + bytes;
  }

  /** After a flush. */
  flushed(memory: SessionMemory): void {
    if ((memory.progress.untold ?? 0) >= BUDGET_TELL_BYTES) this.#tell(memory);
  }

  /** Resolves when what was told last has arrived, or failed. */
  settled = (): Promise<void> => this.#telling;

  #shareOf = ({ site_share = 0 }: CallBudget): number => Math.max(this.#share, site_share);

  #allowance = (budget: CallBudget) => sessionAllowance(this.#shareOf(budget), budget.session_hour);

  #count(memory: SessionMemory, budget: CallBudget, bytes: number, isNow = false): void {
    // The address has changed: what is untold was spent by the one before.
    if (this.#budget && keyOf(this.#budget) !== keyOf(budget)) this.#tell(memory);
    this.#budget = budget;
    const untold = (memory.progress.untold ?? 0) + bytes;
    memory.progress.untold = untold;
    const isLeft = !this.#hasTold && untold >= BUDGET_TELL_BYTES;
    if (isNow || isLeft || untold >= BUDGET_TELL_NOW_BYTES) this.#tell(memory);
  }

  #tell(memory: SessionMemory): void {
    const budget = this.#budget;
    const { untold: bytes = 0 } = memory.progress;
    if (!budget || bytes === 0) return;
    const { sender, address_hour, site_day } = budget;
    const { site } = memory.head;
    const spending: Spending = { v: 1, of: "calls", sender, address_hour, site_day, site, bytes };
    memory.progress.untold = 0;
    this.#hasTold = true;
    // A server with a key has no budget as an address, so its sessions are spread over the shards by their ids.
    const { shard } = placeOf(this.#env.IDENTITY, "address", sender ?? memory.head.session_id, site);
    this.#telling = inTime(this.#env.IDENTITY.getByName(shard).spend(spending), OUTSIDE_TIMEOUT_MS)
      .then(({ wait, share }) => {
        this.#share = share;
        if (wait > 0) this.#sender = { key: keyOf(budget), until: Date.now() + wait * 1_000 };
      })
      .catch((error: unknown) => this.#log.debug("spending_failed", { error: errorField(error) }));
  }
}

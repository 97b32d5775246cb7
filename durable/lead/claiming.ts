import { messageType, type Submission } from "../../src/core/leads/lead";
import { leadMessage } from "../../src/core/leads/payload";
import type { LeadState } from "../../src/data/store/lead";
import { type Claimed, claimLead } from "../../src/data/store/leads";
import { OUTSIDE_TIMEOUT_MS, SUBMIT_NAME_MS } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import type { LeadHost } from "./host";

/** How long a merged submit's actor answers retries: as long as the submit goes by its name. Then it is wiped. */
const LEAD_LINGER_MS = SUBMIT_NAME_MS;

/** Finds out to which lead a submit belongs: D1 says, and the submit stays here or goes to that lead's actor. */
export class Claiming {
  readonly #host: LeadHost;
  #claiming: Promise<void> | null = null;

  constructor(host: LeadHost) {
    this.#host = host;
  }

  /** The claim that is on its way; null: none is. */
  get running(): Promise<void> | null {
    return this.#claiming;
  }

  /** One claim at a time: a request and the alarm may both want it. */
  claim(): Promise<void> {
    this.#claiming ??= this.#claimOnce().finally(() => {
      this.#claiming = null;
    });
    return this.#claiming;
  }

  async #claimOnce(): Promise<void> {
    const { env, store } = this.#host;
    const own = store.read()?.own;
    if (!own) return;
    const claim = await inTime(claimLead(env.DB, own), OUTSIDE_TIMEOUT_MS);
    const state = store.read();
    if (state && !state.claim) this.settle(state, claim);
  }

  /** Notes what D1 said. A submit that is this lead's own becomes a message in the same commit. */
  settle(state: LeadState, claim: Claimed): void {
    const { own, lead_id } = state;
    this.#host.storage.transactionSync(() => {
      const isOurs = claim.lead_id === lead_id;
      this.#host.store.write({ ...state, claim, own: isOurs ? null : own });
      if (isOurs && own) this.receive(own, claim);
    });
    this.#host.arm();
  }

  /** Puts a submit of this lead into the outbox, once. */
  receive(submission: Submission, { lead_id, outcome, guest }: Claimed): void {
    const { store, outbox, courier } = this.#host;
    if (!store.addSubmission(submission.submission_id)) return;
    const type = messageType(outcome);
    if (type === null) return;
    outbox.addMessage(type, submission.received_at, leadMessage(lead_id, outcome, submission, guest));
    courier.wake();
  }

  /** Hands the actor's own submit, if it is still here, to the actor of the lead that it belongs to. */
  async handOn(): Promise<void> {
    const { env, store } = this.#host;
    const { own, claim } = store.read() ?? {};
    if (!own || !claim) return;
    const { lead_id, outcome, guest = false } = claim;
    await inTime(env.LEAD.getByName(lead_id).adopt(lead_id, own, outcome, guest), OUTSIDE_TIMEOUT_MS);
    const after = store.read();
    // Meanwhile the submit may have become a lead of its own, or been erased.
    if (after?.claim?.lead_id !== lead_id) return;
    store.write({ ...after, own: null, wipe_at: Date.now() + LEAD_LINGER_MS });
  }
}

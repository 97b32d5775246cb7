import { DurableObject } from "cloudflare:workers";
import type { Env, ErasedLead, LeadRpc, UnlinkedLead } from "../../src/bindings";
import type { CrmWord } from "../../src/core/leads/crm-word";
import type { Outcome, Submission, Taken, Unheard } from "../../src/core/leads/lead";
import { Retry } from "../../src/core/leads/retry";
import { deleteDeliveries } from "../../src/data/store/deliveries";
import { deleteClaims, deleteLeadRows, hasClaims, hostOf } from "../../src/data/store/erasures";
import { type LeadState, LeadStore } from "../../src/data/store/lead";
import { OutboxStore } from "../../src/data/store/outbox";
import { ALARM_GUARD_MS, OUTSIDE_TIMEOUT_MS } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { createLogger, errorField, type Logger } from "../../src/ops/logger";
import { SECOND_MS } from "../../src/time";
import { Courier } from "../courier/courier";
import { Claiming } from "./claiming";
import { noteCrmWord, tellCrmWord } from "./crm";
import type { LeadHost } from "./host";
import { Proof, toBeAsked } from "./proof";

/** How long a submit waits to hear whether it merged. It is durable before that, and is answered 202 either way. */
const CLAIM_WAIT_MS = 5 * SECOND_MS;

/**
 * One submit, and the lead that it becomes. The actor is named by the submit's id, so a retry meets the first try here. The submit
 * is on disk before anything else is asked. Then D1 says which lead it belongs to: its own, which this actor delivers, or one that
 * is known, to whose actor the submit is handed on. Every step writes a note before the next begins, and may be repeated.
 */
export class LeadActor extends DurableObject<Env> implements LeadRpc {
  readonly #store: LeadStore;
  readonly #outbox: OutboxStore;
  readonly #courier: Courier;
  readonly #host: LeadHost;
  readonly #claiming: Claiming;
  readonly #proof: Proof;
  readonly #log: Logger;
  /** The alarm that is running, or the last one. */
  #running: Promise<void> = Promise.resolve();
  readonly #retry = new Retry();
  #alarmAt: number | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new LeadStore(ctx.storage.sql);
    this.#outbox = new OutboxStore(ctx.storage.sql);
    this.#log = createLogger(env.LOG_LEVEL, { actor: "lead", lead_id: ctx.id.name ?? ctx.id.toString() });
    const arm = () => this.#arm();
    this.#courier = new Courier({ env, db: env.DB, store: this.#outbox, log: this.#log, arm });
    this.#host = {
      env,
      storage: ctx.storage,
      store: this.#store,
      outbox: this.#outbox,
      courier: this.#courier,
      log: this.#log,
      arm,
    };
    this.#claiming = new Claiming(this.#host);
    this.#proof = new Proof(this.#host);
  }

  /**
   * Takes a submit. It is durable when this returns, and is taken once, however often it is sent. Waits a moment to hear whether it
   * merges. If D1 does not answer, it counts as accepted, and finds its lead later.
   */
  async take(submission: Submission, unheard: Unheard | null = null): Promise<Taken> {
    const known = this.#store.read();
    const asking = unheard && { unheard: toBeAsked(unheard, Date.now()) };
    if (!known) this.#begin(submission.submission_id, submission.site, submission, asking ?? {});
    // This actor was wiped, and has only adopted since.
    else if (!known.own && !known.claim) this.#store.write({ ...known, ...asking, own: submission });
    if (!this.#store.read()?.claim) {
      await inTime(this.#claiming.claim(), CLAIM_WAIT_MS).catch((error: unknown) => {
        this.#log.warn("claim_waits", { error: errorField(error) });
      });
    }
    const claim = this.#store.read()?.claim;
    const lead_id = claim?.lead_id ?? submission.submission_id;
    return { lead_id, status: claim?.outcome === "merged" ? "merged" : "accepted" };
  }

  /** Takes a submit that D1 has given to this lead. */
  adopt(lead_id: string, submission: Submission, outcome: Outcome, guest = false): void {
    const state = this.#store.read() ?? this.#begin(lead_id, submission.site, null);
    // If others merge into this lead, D1 has its own claim, even if the answer was lost. Settle that first, or the receiver would
    // hear of the second submit before the first.
    if (state.own && !state.claim) this.#claiming.settle(state, { lead_id, outcome: "created" });
    this.#claiming.receive(submission, { lead_id, outcome, guest });
    this.#arm();
  }

  /** A guest has become a lead of its own, and this is its actor. */
  found(lead_id: string, site: string): void {
    const state = this.#store.read() ?? this.#begin(lead_id, site, null);
    const claim = { lead_id, outcome: "created" } as const;
    // If its submit was never handed on, its receivers are told now.
    if (state.own) this.#claiming.settle({ ...state, wipe_at: null }, claim);
    else this.#store.write({ ...state, claim, wipe_at: null });
    this.#arm();
  }

  /** A guest of this lead is erased: the messages of its submit go too. */
  async forget(submission_id: string): Promise<void> {
    if (!this.#store.read()) return;
    const seqs = this.ctx.storage.transactionSync(() => {
      // Count it as received, so that it is not taken if it is handed on later.
      this.#store.addSubmission(submission_id);
      return this.#outbox.eraseSubmission(submission_id);
    });
    await deleteDeliveries(this.env.DB, this.ctx.id.name ?? "", seqs);
  }

  /**
   * Drops the submit's claim to be from a visitor who is erased, as if it had claimed nothing. `keys`: the keys of such claims. May
   * be repeated.
   */
  async unclaim(lead_id: string, keys: readonly string[]): Promise<UnlinkedLead> {
    const settled = await inTime(
      Promise.allSettled([this.#claiming.running, this.#proof.running]),
      OUTSIDE_TIMEOUT_MS,
    ).then(
      () => true,
      () => false,
    );
    const claimed = this.#store.read()?.unheard?.claimed;
    if (claimed !== undefined && keys.includes(claimed)) this.#proof.drop();
    const hasWaited = this.#dropClaims(keys);
    const deleted = await deleteClaims(this.env.DB, lead_id, keys);
    return { is_unlinked: hasWaited || deleted > 0, again: !settled };
  }

  /** Whether the submit, or its lead, makes one of these claims, as far as this actor and D1 know. */
  async isClaiming(lead_id: string, keys: readonly string[]): Promise<boolean> {
    const waiting = this.#store.read()?.own?.claims ?? [];
    return waiting.some(({ key }) => keys.includes(key)) || hasClaims(this.env.DB, lead_id, keys);
  }

  /** Drops the claims of a submit that D1 has not taken yet. False if there were none. */
  #dropClaims(keys: readonly string[]): boolean {
    const state = this.#store.read();
    if (!state?.own) return false;
    const claims = state.own.claims.filter(({ key }) => !keys.includes(key));
    if (claims.length === state.own.claims.length) return false;
    this.#store.write({ ...state, own: { ...state.own, claims } });
    return true;
  }

  /** Tries a delivery again, whatever its state. False if there is no such delivery. */
  redeliver(delivery_id: string): Promise<boolean> {
    const state = this.#store.read();
    return state ? this.#courier.redeliver(state.site, delivery_id) : Promise.resolve(false);
  }

  /** For the cron that looks for lost alarms: sets the alarm again, even if this instance believes that it is set. */
  wake(): void {
    this.#alarmAt = null;
    if (this.#store.read()) this.#arm();
  }

  /** The lead's site; null if there is no lead of this id. */
  siteOf(): string | null {
    return this.#store.read()?.site ?? null;
  }

  /** The site, and the lead that this submit has become part of, as far as this actor still knows. */
  home(): { site: string; lead_id: string } | null {
    const state = this.#store.read();
    return state && { site: state.site, lead_id: state.claim?.lead_id ?? state.lead_id };
  }

  /** Takes what the CRM says about the lead. An older word does not replace a newer one. */
  callback(word: CrmWord): void {
    const state = this.#store.read();
    if (!state) return;
    if (!noteCrmWord(this.#host, state, word)) return;
    this.#retry.hurry();
    this.#arm();
  }

  /**
   * Erases the submit and the lead that it may have become: rows, messages and their deliveries. Waits for what is under way. May
   * be repeated. `keepConversion`: it still counts that there was a lead.
   */
  async erase(lead_id: string, keepConversion = false): Promise<ErasedLead> {
    const settled = await inTime(Promise.allSettled([this.#claiming.running, this.#running]), OUTSIDE_TIMEOUT_MS).then(
      () => true,
      () => false,
    );
    const state = this.#store.read();
    const host = await hostOf(this.env.DB, lead_id);
    if (host !== null) await this.env.LEAD.getByName(host).forget(lead_id);
    const isUnclaimed = state !== null && state.own !== null && state.claim === null;
    await this.ctx.storage.deleteAll();
    this.#alarmAt = null;
    const rows = await deleteLeadRows(this.env.DB, lead_id, keepConversion);
    return { ...rows, known: state !== null || rows.leads > 0, again: !settled || isUnclaimed };
  }

  override alarm(): Promise<void> {
    this.#running = this.#work();
    return this.#running;
  }

  async #work(): Promise<void> {
    const state = this.#store.read();
    if (!state) return;
    if (state.wipe_at !== null && state.wipe_at <= Date.now()) return this.ctx.storage.deleteAll();
    // If this process dies from here on, another alarm rings.
    this.#setAlarm(Date.now() + ALARM_GUARD_MS);
    if (this.#retry.at <= Date.now()) await this.#stepOutside(state);
    await this.#proof.ask();
    await this.#courier.work({ site: state.site, lead_id: state.lead_id }, state.lead_id);
    const due = this.#dueAt();
    if (due !== null) return this.#setAlarm(due);
    this.#alarmAt = null;
    await this.ctx.storage.deleteAlarm();
  }

  #begin(lead_id: string, site: string, own: Submission | null, more: Pick<LeadState, "unheard"> = {}): LeadState {
    const state: LeadState = { v: 1, lead_id, site, own, claim: null, crm: null, ...more, wipe_at: null };
    this.ctx.storage.transactionSync(() => {
      this.#store.create();
      this.#outbox.create();
      this.#store.write(state);
    });
    this.#arm();
    return state;
  }

  /** Does what this actor itself has to do outside: claim, hand on, tell D1 the CRM's word. A failure is noted, not thrown. */
  async #stepOutside(state: LeadState): Promise<void> {
    try {
      if (state.own && !state.claim) await this.#claiming.claim();
      await this.#claiming.handOn();
      await tellCrmWord(this.#host);
      this.#retry.succeeded();
    } catch (error) {
      this.#retry.failed(Date.now());
      this.#log.warn("step_failed", { failures: this.#retry.failures, error: errorField(error) });
    }
  }

  /** When there is something to do, epoch ms; null if there is nothing. */
  #dueAt(): number | null {
    const state = this.#store.read();
    const isWaiting = state && (state.own !== null || state.crm?.unprojected);
    const askAt = state?.claim ? (state.unheard?.ask_at ?? null) : null;
    const times = [isWaiting ? this.#retry.at : null, askAt, this.#courier.nextAt(), state?.wipe_at ?? null];
    const due = times.filter((time) => time !== null);
    return due.length > 0 ? Math.max(Math.min(...due), Date.now()) : null;
  }

  /** Sets the alarm for the next thing to do, if it is sooner than the one that is set. */
  #arm(): void {
    const due = this.#dueAt();
    if (due !== null && (this.#alarmAt === null || this.#alarmAt > due)) this.#setAlarm(due);
  }

  #setAlarm(at: number): void {
    this.#alarmAt = at;
    // If this write fails, the output gate breaks: nothing sent after it leaves, and the object is reset.
    void this.ctx.storage.setAlarm(at);
  }
}

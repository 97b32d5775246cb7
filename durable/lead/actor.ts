import { DurableObject } from "cloudflare:workers";
import type { Env, ErasedLead, LeadRpc, UnlinkedLead } from "../../src/bindings";
import { type CrmWord, placeAfter } from "../../src/core/leads/crm-word";
import { claimedKey } from "../../src/core/leads/identity";
import { messageType, type Outcome, type Submission, type Taken, type Unheard } from "../../src/core/leads/lead";
import { leadMessage } from "../../src/core/leads/payload";
import { deleteDeliveries } from "../../src/data/store/deliveries";
import { deleteClaims, deleteLeadRows, hasClaims, hostOf } from "../../src/data/store/erasures";
import { type LeadState, LeadStore } from "../../src/data/store/lead";
import { type Claimed, claimLead, settleClaims, writeCrmWord } from "../../src/data/store/leads";
import { OutboxStore } from "../../src/data/store/outbox";
import {
  ALARM_GUARD_MS,
  LEAD_RETRY_MAX_MS,
  LEAD_RETRY_MIN_MS,
  OUTSIDE_TIMEOUT_MS,
  SUBMIT_NAME_MS,
} from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { createLogger, errorField, type Logger } from "../../src/ops/logger";
import { SECOND_MS } from "../../src/time";
import { Courier } from "../courier/courier";

/** How long a submit waits to hear whether it merged; it is durable before, and 202 either way. */
const CLAIM_WAIT_MS = 5 * SECOND_MS;
/**
 * A session that has not shown whose a lead is, is asked again: after 2 s, then after twice as long each time, 15 times in some 18
 * hours. A page's calls may come so late, and its session speaks for a day after its end.
 */
export const LEAD_ASK_MS = 2 * SECOND_MS;
export const LEAD_ASKS = 15;
/** A merged submission's actor answers retries this long, as long as the submit goes by its name; then it is wiped. */
const LEAD_LINGER_MS = SUBMIT_NAME_MS;

/**
 * One submit, and the lead it becomes. Named by the submit's id, so that a retry meets the first try here. It is on disk
 * before anything else is asked; then D1 says whose lead it is: its own, which this actor goes on to deliver, or one that
 * is known, to whose actor it is handed on. Every step leaves a note of itself before the next, and may be repeated.
 */
export class LeadActor extends DurableObject<Env> implements LeadRpc {
  protected db: D1Database;
  readonly #store: LeadStore;
  readonly #outbox: OutboxStore;
  readonly #courier: Courier;
  readonly #log: Logger;
  #claiming: Promise<void> | null = null;
  #asking: Promise<void> | null = null;
  /** The alarm that is running, or the last one. */
  #running: Promise<void> = Promise.resolve();
  /** Failures of what has to be done outside, in a row: lost with the instance, which then tries at once. */
  #failures = 0;
  #retryAt = 0;
  #alarmAt: number | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.db = env.DB;
    this.#store = new LeadStore(ctx.storage.sql);
    this.#outbox = new OutboxStore(ctx.storage.sql);
    this.#log = createLogger(env.LOG_LEVEL, { actor: "lead", lead_id: ctx.id.name ?? ctx.id.toString() });
    // By getter, because a test puts a database of its own in `db` after this.
    const actor = this;
    this.#courier = new Courier({
      env,
      get db() {
        return actor.db;
      },
      store: this.#outbox,
      log: this.#log,
      arm: () => this.#arm(),
    });
  }

  /**
   * Takes a submit: durable when this returns, and once however often it is sent. Waits a moment to hear whether it
   * merges; while D1 does not answer it counts as accepted, and finds its lead later.
   */
  async take(submission: Submission, unheard: Unheard | null = null): Promise<Taken> {
    const known = this.#store.read();
    const asking = unheard && { unheard: { ...unheard, asks: 0, ask_at: Date.now() + LEAD_ASK_MS } };
    if (!known) this.#begin(submission.submission_id, submission.site, submission, asking ?? {});
    // An actor that was wiped, and has only adopted since.
    else if (!known.own && !known.claim) this.#store.write({ ...known, ...asking, own: submission });
    if (!this.#store.read()?.claim) {
      await inTime(this.#claim(), CLAIM_WAIT_MS).catch((error: unknown) => {
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
    // That others merge into this lead proves that its own claim was written, though nobody has told it yet: first things
    // first, or the receiver would hear of the second submit before the first.
    if (state.own && !state.claim) this.#settleClaim(state, { lead_id, outcome: "created" });
    this.#receive(submission, { lead_id, outcome, guest });
    this.#arm();
  }

  /** A guest has become a lead of its own, with no other actor. */
  found(lead_id: string, site: string): void {
    const state = this.#store.read() ?? this.#begin(lead_id, site, null);
    const claim = { lead_id, outcome: "created" } as const;
    // One that was never handed on tells its receivers now.
    if (state.own) this.#settleClaim({ ...state, wipe_at: null }, claim);
    else this.#store.write({ ...state, claim, wipe_at: null });
    this.#arm();
  }

  /** A guest of this lead is erased: what was to be said of its submit goes too. */
  async forget(submission_id: string): Promise<void> {
    if (!this.#store.read()) return;
    const seqs = this.ctx.storage.transactionSync(() => {
      // Should it still be handed on, it is known.
      this.#store.addSubmission(submission_id);
      return this.#outbox.eraseSubmission(submission_id);
    });
    await deleteDeliveries(this.db, this.ctx.id.name ?? "", seqs);
  }

  /**
   * The visitor is erased whom the submit only claims to be from: it is as if it had claimed nothing. `keys`: of such claims.
   * May be repeated.
   */
  async unclaim(lead_id: string, keys: readonly string[]): Promise<UnlinkedLead> {
    const settled = await inTime(Promise.allSettled([this.#claiming, this.#asking]), OUTSIDE_TIMEOUT_MS).then(
      () => true,
      () => false,
    );
    const claimed = this.#store.read()?.unheard?.claimed;
    if (claimed !== undefined && keys.includes(claimed)) this.#hear(null);
    const hasWaited = this.#dropClaims(keys);
    const deleted = await deleteClaims(this.db, lead_id, keys);
    return { is_unlinked: hasWaited || deleted > 0, again: !settled };
  }

  /** Whether the submit, or its lead, makes one of these claims, as far as this actor and D1 know. */
  async isClaiming(lead_id: string, keys: readonly string[]): Promise<boolean> {
    const waiting = this.#store.read()?.own?.claims ?? [];
    return waiting.some(({ key }) => keys.includes(key)) || hasClaims(this.db, lead_id, keys);
  }

  /** Of a submit that D1 has not taken yet. False: there were none. */
  #dropClaims(keys: readonly string[]): boolean {
    const state = this.#store.read();
    if (!state?.own) return false;
    const claims = state.own.claims.filter(({ key }) => !keys.includes(key));
    if (claims.length === state.own.claims.length) return false;
    this.#store.write({ ...state, own: { ...state.own, claims } });
    return true;
  }

  /** Notes when the session is asked next; null: not any more. */
  #hear(unheard: LeadState["unheard"] | null): void {
    const known = this.#store.read();
    if (!known) return;
    const { unheard: _, ...state } = known;
    this.#store.write({ ...state, ...(unheard && { unheard }) });
  }

  /** Asks the session once more whether it has shown whose the submit is, once D1 has that. */
  async #askOnce(): Promise<void> {
    const state = this.#store.read();
    if (!state?.unheard || !state.claim || state.unheard.ask_at > Date.now()) return;
    const { unheard, site, lead_id } = state;
    const asks = unheard.asks + 1;
    const next = { ...unheard, asks, ask_at: Date.now() + LEAD_ASK_MS * 2 ** asks };
    this.#hear(asks < LEAD_ASKS ? next : null);
    try {
      const { session_id, key_hash, claimed } = unheard;
      const asked = this.env.SESSION.getByName(session_id).provenVisitor({ site, key_hash });
      const visitor_id = await inTime(asked, OUTSIDE_TIMEOUT_MS);
      if (visitor_id === null || (await claimedKey(visitor_id)) !== claimed) return;
      await inTime(settleClaims(this.db, lead_id, visitor_id), OUTSIDE_TIMEOUT_MS);
      this.#hear(null);
    } catch (error) {
      this.#log.warn("session_unheard", { asks, error: errorField(error) });
    }
  }

  /** Tries a delivery again, whatever became of it. False when there is none of this name. */
  redeliver(delivery_id: string): Promise<boolean> {
    const state = this.#store.read();
    return state ? this.#courier.redeliver(state.site, delivery_id) : Promise.resolve(false);
  }

  /** For the cron that looks for lost alarms: sets the alarm again, whatever this instance believes of it. */
  wake(): void {
    this.#alarmAt = null;
    if (this.#store.read()) this.#arm();
  }

  /** The site whose lead this is; null for an id that is none. */
  siteOf(): string | null {
    return this.#store.read()?.site ?? null;
  }

  /** The site, and the lead that this submit has become part of, as far as this actor still knows. */
  home(): { site: string; lead_id: string } | null {
    const state = this.#store.read();
    return state && { site: state.site, lead_id: state.claim?.lead_id ?? state.lead_id };
  }

  /** What the CRM says of the lead. An older word does not take a newer one's place. */
  callback(word: CrmWord): void {
    const state = this.#store.read();
    if (!state) return;
    const at = placeAfter(state.crm?.at ?? null, word.at, Date.now());
    if (at === null) return;
    this.#store.write({
      ...state,
      crm: { ...word, at, crm_id: word.crm_id ?? state.crm?.crm_id ?? null, unprojected: true },
    });
    this.#retryAt = 0;
    this.#arm();
  }

  /**
   * The submit, and the lead it may have become, go: rows, messages and their deliveries. What is under way is waited for.
   * May be repeated. `keepConversion`: that there was a lead still counts.
   */
  async erase(lead_id: string, keepConversion = false): Promise<ErasedLead> {
    const settled = await inTime(Promise.allSettled([this.#claiming, this.#running]), OUTSIDE_TIMEOUT_MS).then(
      () => true,
      () => false,
    );
    const state = this.#store.read();
    const host = await hostOf(this.db, lead_id);
    if (host !== null) await this.env.LEAD.getByName(host).forget(lead_id);
    const isUnclaimed = state !== null && state.own !== null && state.claim === null;
    await this.ctx.storage.deleteAll();
    this.#alarmAt = null;
    const rows = await deleteLeadRows(this.db, lead_id, keepConversion);
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
    // Whatever dies from here on, there is another alarm.
    this.#setAlarm(Date.now() + ALARM_GUARD_MS);
    if (this.#retryAt <= Date.now()) await this.#stepOutside(state);
    this.#asking = this.#askOnce();
    await this.#asking;
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

  /** What this actor itself has to do outside: claim, hand on, tell D1 the CRM's word. Failing is noted, not thrown. */
  async #stepOutside(state: LeadState): Promise<void> {
    try {
      if (state.own && !state.claim) await this.#claim();
      const claimed = this.#store.read();
      if (claimed?.own && claimed.claim) await this.#handOn(claimed, claimed.own, claimed.claim.lead_id);
      const { crm, lead_id } = this.#store.read() ?? state;
      if (crm?.unprojected) await this.#tellCrmWord(lead_id, crm);
      this.#failures = 0;
    } catch (error) {
      this.#retryAt = Date.now() + Math.min(LEAD_RETRY_MIN_MS * 2 ** Math.min(this.#failures, 10), LEAD_RETRY_MAX_MS);
      this.#failures += 1;
      this.#log.warn("step_failed", { failures: this.#failures, error: errorField(error) });
    }
  }

  /** One claim at a time: a request and the alarm may both want it. */
  #claim(): Promise<void> {
    this.#claiming ??= this.#claimOnce().finally(() => {
      this.#claiming = null;
    });
    return this.#claiming;
  }

  async #claimOnce(): Promise<void> {
    const own = this.#store.read()?.own;
    if (!own) return;
    const claim = await inTime(claimLead(this.db, own), OUTSIDE_TIMEOUT_MS);
    const state = this.#store.read();
    if (state && !state.claim) this.#settleClaim(state, claim);
  }

  #settleClaim(state: LeadState, claim: NonNullable<LeadState["claim"]>): void {
    const { own, lead_id } = state;
    this.ctx.storage.transactionSync(() => {
      const isOurs = claim.lead_id === lead_id;
      this.#store.write({ ...state, claim, own: isOurs ? null : own });
      if (isOurs && own) this.#receive(own, claim);
    });
    this.#arm();
  }

  #receive(submission: Submission, { lead_id, outcome, guest }: Claimed): void {
    if (!this.#store.addSubmission(submission.submission_id)) return;
    const type = messageType(outcome);
    if (type === null) return;
    this.#outbox.addMessage(type, submission.received_at, leadMessage(lead_id, outcome, submission, guest));
    this.#courier.wake();
  }

  async #handOn(state: LeadState, own: Submission, lead_id: string): Promise<void> {
    const { outcome = "merged", guest = false } = state.claim ?? {};
    await inTime(this.env.LEAD.getByName(lead_id).adopt(lead_id, own, outcome, guest), OUTSIDE_TIMEOUT_MS);
    const after = this.#store.read();
    // It may have become a lead of its own meanwhile, or be erased.
    if (after?.claim?.lead_id !== lead_id) return;
    this.#store.write({ ...after, own: null, wipe_at: Date.now() + LEAD_LINGER_MS });
  }

  async #tellCrmWord(lead_id: string, word: NonNullable<LeadState["crm"]>): Promise<void> {
    await inTime(writeCrmWord(this.db, lead_id, word), OUTSIDE_TIMEOUT_MS);
    const state = this.#store.read();
    if (state?.crm?.at === word.at && state.crm.status === word.status) {
      this.#store.write({ ...state, crm: { ...state.crm, unprojected: false } });
    }
  }

  /** When there is something to do, epoch ms; null when there is nothing. */
  #dueAt(): number | null {
    const state = this.#store.read();
    const isWaiting = state && (state.own !== null || state.crm?.unprojected);
    const askAt = state?.claim ? (state.unheard?.ask_at ?? null) : null;
    const times = [isWaiting ? this.#retryAt : null, askAt, this.#courier.nextAt(), state?.wipe_at ?? null];
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
    // A write that fails breaks the output gate: nothing sent after it leaves, and the object is reset.
    void this.ctx.storage.setAlarm(at);
  }
}

import { DurableObject } from "cloudflare:workers";
import type { Env, EraserRpc, NewOrder } from "../../src/bindings";
import type { Erasure } from "../../src/core/api/erasure";
import { saveErasure } from "../../src/data/store/erasures";
import { type NamedIdentity, readOrder, readReceipt, writeOrder, writeReceipt } from "../../src/data/store/order";
import { createLogger, errorField, type Logger } from "../../src/ops/logger";
import { SECOND_MS } from "../../src/time";
import { ErasureJob } from "./job";
import { eraseLeads, unlinkLeads } from "./leads";
import { eraseIdentity } from "./outside";
import { eraseSessions, eraseSessionsAgain } from "./sessions";

/** An erasure works this long in one call before it answers that it goes on by itself. */
const ERASURE_CALL_MS = 20 * SECOND_MS;
/** How long an erasure waits after a failed step or a death. */
const ERASURE_RETRY_MS = 30 * SECOND_MS;

/**
 * One erasure of a visitor, a person or a lead, named by its receipt. Every actor that has written about the person erases what it
 * has written. This actor finds them, remembers how far it has got, and goes on by alarm if a call's time is up or a store has
 * failed. When it is done, its own storage is deleted too: the receipt in D1 says what was erased, not whom.
 */
export class EraserActor extends DurableObject<Env> implements EraserRpc {
  readonly #log: Logger;
  #working: Promise<Erasure> | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#log = createLogger(env.LOG_LEVEL, { actor: "eraser" });
  }

  /** Begins the erasure, and works for a call's time. The receipt says whether it is complete. */
  async erase(erasure_id: string, { subject, sites, keep_leads }: NewOrder): Promise<Erasure> {
    const now = Date.now();
    const receipt = newReceipt(erasure_id, keep_leads, now);
    writeOrder(this.ctx.storage, {
      v: 1,
      subject,
      sites,
      keep_leads,
      identities: [],
      sessions: [],
      lead_ids: subject.kind === "lead" ? [subject.lead_id] : [],
      claims: [],
      again_at: null,
    });
    writeReceipt(this.ctx.storage, receipt);
    // If this process dies, the alarm goes on.
    await this.ctx.storage.setAlarm(now + ERASURE_RETRY_MS);
    await saveErasure(this.env.DB, receipt);
    return this.#work();
  }

  override async alarm(): Promise<void> {
    if (readOrder(this.ctx.storage)) await this.#work();
  }

  /** Runs one at a time, because the call and the alarm may overlap. A step that fails does not throw: it is tried again. */
  #work(): Promise<Erasure> {
    this.#working ??= this.#workOnce().finally(() => {
      this.#working = null;
    });
    return this.#working;
  }

  async #workOnce(): Promise<Erasure> {
    const { storage } = this.ctx;
    const order = readOrder(storage);
    const receipt = readReceipt(storage);
    if (!order || !receipt) throw new Error("this erasure has never begun, or is over");
    const job = new ErasureJob(this.env, storage, order, receipt, Date.now() + ERASURE_CALL_MS);
    try {
      const isDone = (await eraseSessions(job)) && (await eraseRest(job));
      if (isDone && order.again_at === null) {
        const complete: Erasure = { ...receipt, status: "complete", completed_at: Date.now() };
        await saveErasure(this.env.DB, complete);
        await storage.deleteAll();
        return complete;
      }
      await storage.setAlarm(isDone ? (order.again_at ?? Date.now()) : Date.now());
    } catch (error) {
      this.#log.warn("erasure_failed", { erasure_id: receipt.erasure_id, error: errorField(error) });
      await storage.setAlarm(Date.now() + ERASURE_RETRY_MS);
    }
    return receipt;
  }
}

const newReceipt = (erasure_id: string, keep_leads: boolean, now: number): Erasure => ({
  erasure_id,
  status: "working",
  requested_at: now,
  completed_at: null,
  keep_leads,
  counts: {
    d1: { sessions: 0, events: 0, leads: 0, deliveries: 0 },
    r2: { objects: 0, bytes: 0 },
    actors: { sessions: 0, identities: 0, leads: 0 },
    unlinked: { sessions: 0, leads: 0 },
    unproven: 0,
  },
});

/** Erases or unlinks leads, then erases the identities of the sessions. False if the time is up. */
async function eraseRest(job: ErasureJob): Promise<boolean> {
  const { order } = job;
  const isAgainDue = order.again_at !== null && order.again_at <= Date.now();
  if (isAgainDue && !(await eraseSessionsAgain(job))) return false;
  if (order.keep_leads) {
    order.lead_ids = [];
    order.claims = [];
  } else if (!(await eraseLeads(job)) || !(await unlinkLeads(job))) return false;
  // Identities wait, because a session's row that is still on its way would make them look shared.
  if (order.again_at !== null) return true;
  for (const identity of [...order.identities]) {
    if (job.isTimeUp) return false;
    await eraseOneIdentity(job, identity);
  }
  return true;
}

async function eraseOneIdentity(job: ErasureJob, identity: NamedIdentity): Promise<void> {
  const { order, receipt } = job;
  const { isErased, again } = await eraseIdentity(job.env, identity);
  if (again) {
    job.lookAgain();
  } else {
    if (isErased) receipt.counts.actors.identities += 1;
    order.identities = order.identities.filter((one) => one !== identity);
  }
  job.save();
}

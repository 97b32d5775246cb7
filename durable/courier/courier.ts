import { type Env, isDevelopment, webhookGate } from "../../src/bindings";
import type { AttemptReport, Permit } from "../../src/core/leads/breaker";
import { type Delivery, newDelivery, PAUSED } from "../../src/core/leads/delivery";
import { Retry } from "../../src/core/leads/retry";
import { type Attempt, expiryOf, judgeAttempt, readSchedule, reasonOf } from "../../src/core/leads/schedule";
import { namedHosts } from "../../src/core/leads/target";
import { projectDeliveries, type Sender } from "../../src/data/store/deliveries";
import type { OutboxStore } from "../../src/data/store/outbox";
import {
  ALARM_GUARD_MS,
  LEAD_RETRY_MIN_MS,
  OUTSIDE_TIMEOUT_MS,
  WEBHOOK_JITTER,
  WEBHOOK_TIMEOUT_MS,
} from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { errorField, type Logger } from "../../src/ops/logger";
import { send } from "../../src/ops/send";
import { siteSettings } from "../../src/ops/site-settings";
import type { Webhook } from "../../src/protocol/webhook";

/** Attempts that one alarm may begin: three calls each, of the 1,000 that the platform allows. A lead has one or two messages. */
const ATTEMPTS_PER_ALARM = 200;
/** An alarm begins no attempt after this long. Attempts under way end, and the next alarm goes on. */
const ALARM_WORK_MS = ALARM_GUARD_MS / 2;

export interface CourierContext {
  env: Env;
  db: D1Database;
  store: OutboxStore;
  log: Logger;
  /** Sets the actor's alarm to `nextAt`, in the same turn as what was just written. */
  arm: () => void;
}

/**
 * Carries an outbox to its site's endpoints: each message goes to each endpoint at least once, in order, until it is delivered or a
 * dead letter. What is about to happen is on disk before it happens, so a death between any two steps repeats at most one of them,
 * under the same `webhook-id`. Endpoints do not wait for each other.
 */
export class Courier {
  readonly #context: CourierContext;
  readonly #schedule: readonly number[];
  readonly #timeout: number;
  readonly #spreading = new Retry();
  readonly #projecting = new Retry();
  /** Whether something has come since the running work last looked; and what ends the wait of that work. */
  #isNews = false;
  #wake = (): void => {};

  constructor(context: CourierContext) {
    this.#context = context;
    this.#schedule = readSchedule(context.env.WEBHOOK_SCHEDULE_MS);
    this.#timeout = Number(context.env.WEBHOOK_TIMEOUT_MS) || WEBHOOK_TIMEOUT_MS;
  }

  /** When there is something to do, epoch ms; null if every delivery is settled and D1 has been told. */
  nextAt(): number | null {
    const { store } = this.#context;
    const times = store.heads().flatMap(({ next_at }) => (next_at === null ? [] : [next_at]));
    if (store.hasUnspread()) times.push(this.#spreading.at);
    if (store.hasUnprojected()) times.push(this.#projecting.at);
    return times.length > 0 ? Math.min(...times) : null;
  }

  /** Makes a delivery pending again, whatever its state, and resets its endpoint's breaker. False if there is no such delivery. */
  async redeliver(site: string, delivery_id: string): Promise<boolean> {
    const { store, env } = this.#context;
    const delivery = store.delivery(delivery_id);
    if (!delivery) return false;
    await env.ENDPOINT.getByName(`${site}/${delivery.endpoint_id}`).reset(site, delivery.endpoint_id);
    const now = Date.now();
    this.#settle({ ...delivery, state: "pending", attempts: 0, created_at: now, updated_at: now, next_at: now });
    this.wake();
    return true;
  }

  /** Something new has come, and running work takes it along. */
  wake(): void {
    this.#isNews = true;
    this.#wake();
  }

  /**
   * Does everything that is due, until nothing is under way. Each endpoint has its own pace: while one is waited for, the others
   * get what falls due and what comes in. Storage errors are thrown; what fails outside is tried again later.
   */
  async work(sender: Sender, subject: string): Promise<void> {
    const until = Date.now() + ALARM_WORK_MS;
    this.#context.store.create();
    const busy = new Map<string, Promise<void>>();
    const failures: unknown[] = [];
    const begin = (delivery: Delivery): void => {
      const { endpoint_id } = delivery;
      const delivering = this.#deliver(sender.site, delivery)
        .catch((error: unknown) => {
          failures.push(error);
        })
        .finally(() => busy.delete(endpoint_id));
      busy.set(endpoint_id, delivering);
    };
    for (let attempts = 0; ; ) {
      this.#isNews = false;
      await this.#spread(sender.site, subject);
      const mayBegin = failures.length === 0 && attempts < ATTEMPTS_PER_ALARM && Date.now() < until;
      const idle = mayBegin ? this.#context.store.heads().filter(({ endpoint_id }) => !busy.has(endpoint_id)) : [];
      const now = Date.now();
      const due = idle.filter(({ next_at }) => next_at !== null && next_at <= now);
      for (const delivery of due) begin(delivery);
      attempts += due.length;
      if (busy.size === 0) break;
      const waiting = idle.filter((delivery) => !due.includes(delivery));
      await this.#pause([...busy.values()], waiting);
    }
    if (failures.length > 0) throw failures[0];
    await this.#project(sender);
  }

  /** Waits until an attempt ends, a waiting delivery falls due, or something new comes. */
  async #pause(attempts: readonly Promise<void>[], waiting: readonly Delivery[]): Promise<void> {
    if (this.#isNews) return;
    const times = waiting.flatMap(({ next_at }) => (next_at === null ? [] : [next_at]));
    let timer: ReturnType<typeof setTimeout> | null = null;
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (times.length > 0) timer = setTimeout(resolve, Math.max(0, Math.min(...times) - Date.now()));
    });
    await Promise.race([...attempts, woken]);
    if (timer !== null) clearTimeout(timer);
  }

  /** Makes the deliveries of messages that have none yet: one for each endpoint that the site has now. */
  async #spread(site: string, subject: string): Promise<void> {
    const { store, log } = this.#context;
    const messages = store.unspread();
    if (messages.length === 0 || this.#spreading.at > Date.now()) return;
    const settings = await this.#settings(site);
    if (!settings) {
      this.#spreading.failed(Date.now());
      return;
    }
    this.#spreading.succeeded();
    const now = Date.now();
    for (const { seq, type } of messages) {
      // Paused endpoints get deliveries too. These become dead letters, and can be sent to them later.
      const wanted = settings.filter(({ events }) => events.some((one) => type.startsWith(`${one}.`)));
      for (const { id } of wanted) store.save(newDelivery(subject, seq, id, now));
      store.markSpread(seq);
      log.debug("spread", { seq, type, endpoints: wanted.length });
    }
  }

  async #settings(site: string): Promise<Webhook[] | null> {
    try {
      return (await inTime(siteSettings(this.#context.env, site), OUTSIDE_TIMEOUT_MS)).webhooks;
    } catch (error) {
      this.#context.log.warn("settings_failed", { error: errorField(error) });
      return null;
    }
  }

  async #deliver(site: string, delivery: Delivery): Promise<void> {
    const now = Date.now();
    const settings = await this.#settings(site);
    if (!settings) {
      this.#settle({ ...delivery, next_at: now + LEAD_RETRY_MIN_MS, updated_at: now });
      return;
    }
    const webhook = settings.find(({ id }) => id === delivery.endpoint_id);
    if (!webhook) return this.#bury(delivery, "endpoint_removed");
    if (!webhook.enabled) return this.#bury(delivery, PAUSED);
    const permit = await this.#ask(site, delivery.endpoint_id);
    if (permit.kind === "disabled") return this.#bury(delivery, "endpoint_disabled");
    if (permit.kind === "wait") return this.#hold(delivery, permit.until);
    await this.#attempt(site, delivery, webhook);
  }

  /** The breaker holds a delivery back. That is no attempt, but a delivery is not held back for ever either. */
  #hold(delivery: Delivery, until: number): void {
    const now = Date.now();
    const isLate = now - delivery.created_at > expiryOf(this.#schedule);
    const spread = Math.max(0, until - now) * WEBHOOK_JITTER * Math.random();
    if (isLate) this.#bury(delivery, delivery.reason ?? "expired");
    else this.#settle({ ...delivery, next_at: until + Math.round(spread), updated_at: now });
  }

  async #attempt(site: string, before: Delivery, webhook: Webhook): Promise<void> {
    const { store, env, log } = this.#context;
    const message = store.message(before.seq);
    if (!message) return this.#bury(before, "message_missing");
    const began = Date.now();
    const attempts = before.attempts + 1;
    // Count the attempt before it is made: if the process dies in it, it counts as failed.
    const patience = this.#schedule[attempts - 1] ?? 2 * this.#timeout;
    const under_way: Delivery = { ...before, attempts, next_at: began + this.#timeout + patience, updated_at: began };
    this.#settle(under_way);
    const options = {
      timeout_ms: this.#timeout,
      isDevelopment: isDevelopment(env),
      named: namedHosts(env.WEBHOOK_HOSTS),
      gate: webhookGate(env),
    };
    const attempt = await send(webhook, { id: before.delivery_id, body: message.body }, options);
    const after = afterAttempt(under_way, attempt, this.#schedule, Date.now());
    this.#settle(after);
    const { delivery_id, state, status, reason } = after;
    log.info("attempt", { delivery_id, state, attempts, status, reason, ms: Date.now() - began });
    await this.#report(site, webhook.id, attempt);
  }

  #bury(delivery: Delivery, reason: string): void {
    const now = Date.now();
    this.#context.log.warn("dead_letter", { delivery_id: delivery.delivery_id, reason });
    this.#settle({ ...delivery, state: "dead", reason, next_at: null, updated_at: now });
  }

  #settle(delivery: Delivery): void {
    this.#context.store.save(delivery);
    this.#context.arm();
  }

  /** Asks the endpoint's breaker for a permit. If its actor does not answer, the attempt is made. */
  async #ask(site: string, endpoint_id: string): Promise<Permit> {
    try {
      const endpoint = this.#context.env.ENDPOINT.getByName(`${site}/${endpoint_id}`);
      return await inTime(endpoint.permit(site, endpoint_id), OUTSIDE_TIMEOUT_MS);
    } catch (error) {
      this.#context.log.warn("endpoint_failed", { endpoint_id: endpoint_id, error: errorField(error) });
      return { kind: "go", until: 0 };
    }
  }

  async #report(site: string, endpoint_id: string, attempt: Attempt): Promise<void> {
    try {
      const endpoint = this.#context.env.ENDPOINT.getByName(`${site}/${endpoint_id}`);
      await inTime(endpoint.report(site, endpoint_id, reportOf(attempt)), OUTSIDE_TIMEOUT_MS);
    } catch (error) {
      this.#context.log.warn("endpoint_failed", { endpoint_id: endpoint_id, error: errorField(error) });
    }
  }

  /** Tells D1 of a batch of changed deliveries. If some are left, the next alarm is due at once. */
  async #project(sender: Sender): Promise<void> {
    const { store, db, log } = this.#context;
    if (this.#projecting.at > Date.now()) return;
    const changed = store.unprojected().flatMap((delivery) => {
      const type = store.message(delivery.seq)?.type;
      if (type !== undefined) return [{ ...delivery, type }];
      // A delivery without a message has nothing to tell. Mark it, or it would be looked up again and again.
      store.markProjected(delivery);
      return [];
    });
    if (changed.length === 0) return;
    try {
      await inTime(projectDeliveries(db, sender, changed), OUTSIDE_TIMEOUT_MS);
    } catch (error) {
      log.warn("projection_failed", { error: errorField(error) });
      this.#projecting.failed(Date.now());
      return;
    }
    this.#projecting.succeeded();
    for (const delivery of changed) store.markProjected(delivery);
  }
}

/** The delivery as an attempt leaves it. */
function afterAttempt(delivery: Delivery, attempt: Attempt, schedule: readonly number[], now: number): Delivery {
  const verdict = judgeAttempt(attempt, delivery.attempts, Math.random(), schedule);
  const status = attempt.kind === "answered" ? attempt.status : null;
  const response = attempt.kind === "answered" && attempt.excerpt !== "" ? attempt.excerpt : null;
  const after = { ...delivery, status, response, updated_at: now };
  switch (verdict.kind) {
    case "delivered":
      return { ...after, state: "delivered", delivered_at: now, next_at: null, reason: null };
    case "retry":
      return { ...after, next_at: now + verdict.wait_ms, reason: verdict.reason };
    case "dead":
    case "gone":
      return { ...after, state: "dead", next_at: null, reason: verdict.reason };
  }
}

/** What an attempt says about the endpoint. An endpoint that refuses this one message has not failed. */
function reportOf(attempt: Attempt): AttemptReport {
  const reason = reasonOf(attempt);
  if (attempt.kind === "failed") return { kind: "failed", reason };
  if (attempt.status === 410) return { kind: "gone", reason };
  return attempt.status >= 500 || attempt.status === 408 || attempt.status === 429
    ? { kind: "failed", reason }
    : { kind: "answered" };
}

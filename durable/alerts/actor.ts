import { DurableObject } from "cloudflare:workers";
import type { AlertRpc, Env } from "../../src/bindings";
import { type AlertKind, type Condition, caseOf, news } from "../../src/core/alerts/alert";
import { type AlertState, AlertStore } from "../../src/data/store/alerts";
import { OutboxStore } from "../../src/data/store/outbox";
import { ALARM_GUARD_MS } from "../../src/limits";
import { createLogger, type Logger } from "../../src/ops/logger";
import { MINUTE_MS } from "../../src/time";
import { Courier } from "../courier/courier";

/** How long the report of a stuck session counts: the session repeats it every half hour. */
const STUCK_MS = 40 * MINUTE_MS;
/** Stuck sessions remembered per site. In an outage there are thousands of them, but only one alert. */
const STUCK_MAX = 1_000;

/**
 * A site's alerts. This actor remembers what was said, so that each alert is said once, and sends alerts through the site's own
 * webhooks. Its memory is not in D1, because a database that is down is one of the things that it reports.
 */
export class AlertActor extends DurableObject<Env> implements AlertRpc {
  readonly #store: AlertStore;
  readonly #outbox: OutboxStore;
  readonly #courier: Courier;
  readonly #log: Logger;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new AlertStore(ctx.storage.sql);
    this.#outbox = new OutboxStore(ctx.storage.sql);
    this.#log = createLogger(env.LOG_LEVEL, { actor: "alerts", site: ctx.id.name ?? ctx.id.toString() });
    const arm = () => this.#arm();
    this.#courier = new Courier({ env, db: env.DB, store: this.#outbox, log: this.#log, arm });
  }

  /**
   * `conditions` are those that hold now; `looked` names the kinds that could be checked. Returns the names of the alerts that it
   * sends.
   */
  observe(site: string, conditions: Condition[], looked: AlertKind[]): string[] {
    const now = Date.now();
    const known = this.#store.read();
    if (!known && conditions.length === 0) return [];
    const state = known ?? this.#begin(site);
    const { sessions, first_at } = this.#store.stuck(now - STUCK_MS);
    const stuck: Condition[] = sessions > 0 ? [{ kind: "flush_stuck", key: "", detail: { sessions, first_at } }] : [];
    const { fire, memory } = news(state.memory, [...conditions, ...stuck], [...looked, "flush_stuck"], now);
    this.ctx.storage.transactionSync(() => {
      if (JSON.stringify(memory) !== JSON.stringify(state.memory)) this.#store.write({ ...state, memory });
      for (const condition of fire)
        this.#outbox.addMessage(`alert.${condition.kind}`, now, bodyOf(site, condition, now));
    });
    this.#courier.wake();
    this.#arm();
    for (const condition of fire) this.#log.warn("alert", { alert: caseOf(condition) });
    return fire.map(caseOf);
  }

  /** Notes that a session cannot write to a store, or can again. */
  flushIs(site: string, session_id: string, isStuck: boolean): void {
    const known = this.#store.read();
    if (!known && !isStuck) return;
    if (!known) this.#begin(site);
    if (isStuck) this.#store.addStuck(session_id, Date.now(), STUCK_MAX);
    else this.#store.removeStuck(session_id);
  }

  /** Tries a delivery again. False if there is no such delivery. */
  redeliver(delivery_id: string): Promise<boolean> {
    const state = this.#store.read();
    return state ? this.#courier.redeliver(state.site, delivery_id) : Promise.resolve(false);
  }

  override async alarm(): Promise<void> {
    const state = this.#store.read();
    if (!state) return;
    // If this process dies from here on, another alarm rings.
    void this.ctx.storage.setAlarm(Date.now() + ALARM_GUARD_MS);
    await this.#courier.work({ site: state.site, lead_id: null }, state.subject);
    if (this.#courier.nextAt() === null) await this.ctx.storage.deleteAlarm();
    else this.#arm();
  }

  #begin(site: string): AlertState {
    const state: AlertState = { v: 1, site, subject: crypto.randomUUID(), memory: {} };
    this.ctx.storage.transactionSync(() => {
      this.#store.create();
      this.#outbox.create();
      this.#store.write(state);
    });
    return state;
  }

  #arm(): void {
    const at = this.#store.read() ? this.#courier.nextAt() : null;
    if (at !== null) void this.ctx.storage.setAlarm(Math.max(at, Date.now()));
  }
}

const bodyOf = (site: string, { kind, key, detail }: Condition, now: number): string =>
  JSON.stringify({
    type: `alert.${kind}`,
    timestamp: new Date(now).toISOString(),
    data: { site, alert: kind, ...(key !== "" && { key }), ...detail },
  });

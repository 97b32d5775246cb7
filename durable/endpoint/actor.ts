import { DurableObject } from "cloudflare:workers";
import type { EndpointRpc, Env } from "../../src/bindings";
import {
  type AttemptReport,
  type Breaker,
  type Cooling,
  coolingOf,
  newBreaker,
  type Permit,
  permit,
  record,
} from "../../src/core/leads/breaker";
import { readSchedule } from "../../src/core/leads/schedule";
import { projectEndpoint } from "../../src/data/store/deliveries";
import { EndpointStore } from "../../src/data/store/endpoint";
import { LEAD_RETRY_MAX_MS, OUTSIDE_TIMEOUT_MS, WEBHOOK_TIMEOUT_MS } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { createLogger, errorField, type Logger } from "../../src/ops/logger";

/**
 * A webhook endpoint's health, shared by all leads that are on their way to it: its circuit breaker, and whether it said that it is
 * gone. This actor sends nothing itself, so a slow receiver holds up nobody here.
 */
export class EndpointActor extends DurableObject<Env> implements EndpointRpc {
  readonly #store: EndpointStore;
  readonly #cooling: Cooling;
  readonly #log: Logger;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new EndpointStore(ctx.storage.sql);
    const timeout = Number(env.WEBHOOK_TIMEOUT_MS) || WEBHOOK_TIMEOUT_MS;
    this.#cooling = coolingOf(readSchedule(env.WEBHOOK_SCHEDULE_MS), timeout);
    this.#log = createLogger(env.LOG_LEVEL, { actor: "endpoint", endpoint: ctx.id.name ?? ctx.id.toString() });
  }

  /** Asked before each attempt. An open breaker lets one delivery probe when its time is over. */
  permit(site: string, endpoint_id: string): Permit {
    const before = this.#breaker();
    const asked = permit(before, Date.now(), this.#cooling);
    if (asked.breaker !== before) this.#store.write({ site, endpoint_id }, asked.breaker);
    return asked.permit;
  }

  /** Told after each attempt. Nothing is written while all goes well. */
  async report(site: string, endpoint_id: string, report: AttemptReport): Promise<void> {
    const before = this.#breaker();
    const after = record(before, report, Date.now(), this.#cooling);
    if (after !== before) await this.#change(site, endpoint_id, before, after);
  }

  /** A person wants the endpoint tried again, so its breaker closes, whether it was open or disabled. */
  async reset(site: string, endpoint_id: string): Promise<void> {
    const before = this.#breaker();
    if (before.state !== "closed") await this.#change(site, endpoint_id, before, newBreaker());
  }

  override async alarm(): Promise<void> {
    await this.#project();
  }

  #breaker(): Breaker {
    return this.#store.read()?.breaker ?? newBreaker();
  }

  async #change(site: string, endpoint_id: string, before: Breaker, after: Breaker): Promise<void> {
    this.#store.write({ site, endpoint_id }, after);
    // Only a change of state is news: the endpoint is left alone, or used again. A single failure is none.
    if (before.state === after.state) return;
    this.#log.warn("breaker", { from: before.state, to: after.state, failures: after.failures, reason: after.reason });
    await this.ctx.storage.setAlarm(Date.now());
  }

  async #project(): Promise<void> {
    const known = this.#store.read();
    if (!known?.unprojected) return;
    try {
      await inTime(projectEndpoint(this.env.DB, known.name, known.breaker, Date.now()), OUTSIDE_TIMEOUT_MS);
      this.#store.markProjected(known.breaker);
    } catch (error) {
      this.#log.warn("projection_failed", { error: errorField(error) });
      await this.ctx.storage.setAlarm(Date.now() + LEAD_RETRY_MAX_MS);
    }
  }
}

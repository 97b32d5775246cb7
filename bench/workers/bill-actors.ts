import { IdentityActor as ProductionIdentity } from "../../durable/identity/actor";
import { RosterActor as ProductionRoster } from "../../durable/roster/actor";
import { SessionActor as Production } from "../../durable/session/actor";
import type { Env } from "../../src/bindings";
import type { Spending } from "../../src/core/budget/spending";
import type { Sighting } from "../../src/core/identity/record";
import type { RosterReport } from "../../src/core/roster/entry";
import type { TrackCall } from "../../src/core/session/calls/track-call";
import { IDENTITY_TABLE } from "../../src/data/store/identity";
import { countedBucket, countedCalls, countedDatabase, countedKv, countStorage, countValues } from "./counted";
import { active, add } from "./simulated";

/** The production actors with a counter on each billed operation, and the calls that the driver makes. */

export { AlertActor } from "../../durable/alerts/actor";
export { BudgetActor } from "../../durable/budget/actor";
export { EndpointActor } from "../../durable/endpoint/actor";
export { EraserActor } from "../../durable/eraser/actor";
export { LeadActor } from "../../durable/lead/actor";
export { RealtimeActor } from "../../durable/realtime/actor";
export { SiteSettings } from "../../durable/site/actor";
export { SubmitActor } from "../../durable/submit/actor";

export class SessionActor extends Production {
  constructor(ctx: DurableObjectState, env: Env) {
    // The counters come before the actor, because its constructor asks for the alarm.
    countStorage("session", ctx.storage, ctx.id.toString(), ["journal"]);
    super(ctx, {
      ...env,
      DB: countedDatabase("session", env.DB),
      TRACKING_R2: countedBucket(env.TRACKING_R2),
      // The session's counter in KV is there for whoever asks who a visitor is, so it belongs to that part of the bill.
      TRACKING_KV: countedKv("identity", env.TRACKING_KV),
    });
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    add("session", "socket_messages");
    return active("session", () => super.webSocketMessage(socket, message));
  }

  /** Called by the driver when the alarm is due. */
  fire(): Promise<void> {
    add("session", "alarms");
    return active("session", () => super.alarm());
  }

  /** Called by the driver to throw the actor out of memory. */
  evict(): void {
    this.ctx.abort("evicted");
  }
}

/** The shards of identities, in the order in which they were first called. The driver rings their alarms too. */
export const identities = new Set<string>();

export class IdentityActor extends ProductionIdentity {
  constructor(ctx: DurableObjectState, env: Env) {
    // The table is made once for a whole shard, so it is charged to no session.
    ctx.storage.sql.exec(IDENTITY_TABLE);
    countStorage("identity", ctx.storage, ctx.id.toString(), ["identities"]);
    countValues(ctx.storage);
    super(ctx, {
      ...env,
      DB: countedDatabase("identity", env.DB),
      TRACKING_KV: countedKv("identity", env.TRACKING_KV),
    });
    identities.add(ctx.id.toString());
  }

  override seen(sighting: Sighting) {
    add("identity", "object_calls");
    // It writes to D1 and KV after its answer, which is active time as well.
    add("identity", "identity_calls");
    return super.seen(sighting);
  }

  override spend(spending: Spending) {
    add("identity", "object_calls");
    return super.spend(spending);
  }

  fire(): Promise<void> {
    add("identity", "alarms");
    return active("identity", () => super.alarm());
  }

  /** For the driver: how many identities the shard has. After the last one its table is gone. */
  size(): number {
    const { sql } = this.ctx.storage;
    const has = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'identities'").toArray().length > 0;
    return has ? Number(sql.exec("SELECT count(*) AS n FROM identities").one()["n"]) : 0;
  }
}

/** A session's report to the roster is paid for like any other call of an object. */
export class RosterActor extends ProductionRoster {
  constructor(ctx: DurableObjectState, env: Env) {
    countStorage("roster", ctx.storage, ctx.id.toString(), ["seats", "totals"]);
    super(ctx, env);
  }

  override report(report: RosterReport): void {
    add("roster", "object_calls");
    const began = performance.now();
    super.report(report);
    add("roster", "active_ms", performance.now() - began);
  }
}

/** The calls that the Worker and the driver make to an actor. */
export interface Stub {
  track(call: TrackCall): Promise<unknown>;
  fetch(request: Request): Promise<Response>;
  fire(): Promise<void>;
  evict(): Promise<void>;
}

export const stubOf = (env: Env, id: string): Stub => env.SESSION.getByName(id) as unknown as Stub;

const ALWAYS: RateLimit = { limit: () => Promise.resolve({ success: true }) };

/** Every call of an actor is a billed request to it. */
export function countedEnv(env: Env): Env {
  const limits = {
    LIMIT_TRACK: ALWAYS,
    LIMIT_START: ALWAYS,
    LIMIT_SITE_STARTS: ALWAYS,
    LIMIT_LEADS: ALWAYS,
    LIMIT_SITE_LEADS: ALWAYS,
    LIMIT_API: ALWAYS,
  };
  const getByName = (id: string) => {
    const stub = stubOf(env, id);
    return {
      track: (call: TrackCall) => {
        add("session", "object_calls");
        return active("session", () => stub.track(call));
      },
      fetch: (request: Request) => {
        add("session", "object_calls");
        return stub.fetch(request);
      },
    };
  };
  const SESSION = { getByName } as unknown as Env["SESSION"];
  const SITE = countedCalls("session", env.SITE, { get: "object_calls" });
  return { ...env, ...limits, SESSION, SITE, TRACKING_KV: countedKv("session", env.TRACKING_KV) };
}

import { EndpointActor as ProductionEndpoint } from "../../durable/endpoint";
import { IdentityActor as ProductionIdentity } from "../../durable/identity";
import { LeadActor as ProductionLead } from "../../durable/lead";
import { SessionActor as Production } from "../../durable/session";
import type { Env } from "../../src/env";
import worker from "../../src/index";
import { Journal } from "../../src/store/journal";
import { faults, faultyBucket, faultyCalls, faultyDatabase, faultyIdentity, faultyKv, faultyRoster } from "./faults";

export { AlertActor } from "../../durable/alerts";
export { EraserActor } from "../../durable/eraser";
export { RealtimeActor } from "../../durable/realtime";
export { RosterActor } from "../../durable/roster";
export { SiteSettings } from "../../durable/site";
export default worker;

/** A storage that throws at one call, once. */
export class FailingJournal extends Journal {
  constructor(
    storage: DurableObjectStorage,
    readonly failing: "append" | "create" | "setAlarm" | "writeProgress" | "writePlan" | "removeThrough",
  ) {
    super(storage);
    this[failing] = () => {
      faults.calls.push(`storage.${failing}`);
      throw new Error(`disk failure in ${failing}`);
    };
  }
}

/** The production actor behind faulty bindings, with what tests need to see inside. */
export class SessionActor extends Production {
  constructor(ctx: DurableObjectState, env: Env) {
    const die = () => ctx.abort("killed by the test");
    const [DB, TRACKING_R2] = [faultyDatabase(env.DB, die), faultyBucket(env.TRACKING_R2, die)];
    const IDENTITY = faultyIdentity(env.IDENTITY);
    super(ctx, { ...env, DB, TRACKING_R2, IDENTITY, ROSTER: faultyRoster(env.ROSTER) });
  }

  /** The next storage call of this kind throws. */
  breakStorage(failing: FailingJournal["failing"]): void {
    this.journal = new FailingJournal(this.ctx.storage, failing);
  }
}

/** The production lead actor: D1, other leads' actors and the endpoints' pass through the faults. */
export class LeadActor extends ProductionLead {
  constructor(ctx: DurableObjectState, env: Env) {
    const die = () => ctx.abort("killed by the test");
    super(ctx, {
      ...env,
      DB: faultyDatabase(env.DB, die),
      LEAD: faultyCalls("lead", env.LEAD, die),
      ENDPOINT: faultyCalls("endpoint", env.ENDPOINT, die),
    });
  }
}

export class EndpointActor extends ProductionEndpoint {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, { ...env, DB: faultyDatabase(env.DB, () => ctx.abort("killed by the test")) });
  }
}

/** The production identity actor behind faulty bindings; its calls have names of their own. */
export class IdentityActor extends ProductionIdentity {
  constructor(ctx: DurableObjectState, env: Env) {
    const die = () => ctx.abort("killed by the test");
    super(ctx, {
      ...env,
      DB: faultyDatabase(env.DB, die, "identity "),
      TRACKING_KV: faultyKv(env.TRACKING_KV, die, "identity "),
    });
  }
}

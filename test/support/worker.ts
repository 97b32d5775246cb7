import { EndpointActor as ProductionEndpoint } from "../../durable/endpoint/actor";
import { IdentityActor as ProductionIdentity } from "../../durable/identity/actor";
import { LeadActor as ProductionLead } from "../../durable/lead/actor";
import { SessionActor as Production } from "../../durable/session/actor";
import type { Env } from "../../src/bindings";
import { Journal } from "../../src/data/store/journal";
import worker from "../../src/index";
import {
  callerOf,
  faults,
  faultyBucket,
  faultyCalls,
  faultyDatabase,
  faultyIdentity,
  faultyKv,
  faultyRoster,
} from "./faults";

export { AlertActor } from "../../durable/alerts/actor";
export { BudgetActor } from "../../durable/budget/actor";
export { EraserActor } from "../../durable/eraser/actor";
export { RealtimeActor } from "../../durable/realtime/actor";
export { RosterActor } from "../../durable/roster/actor";
export { SiteSettings } from "../../durable/site/actor";
export { SubmitActor } from "../../durable/submit/actor";
export default worker;

/** A storage that throws at one call, once. */
export class FailingJournal extends Journal {
  constructor(
    { id, storage }: DurableObjectState,
    readonly failing: "append" | "create" | "setAlarm" | "writeProgress" | "writePlan" | "removeThrough",
  ) {
    super(storage);
    this[failing] = () => {
      faults.calls.push({ by: id.toString(), point: `storage.${failing}` });
      throw new Error(`disk failure in ${failing}`);
    };
  }
}

/** The production actor behind faulty bindings, with what tests need to see inside. */
export class SessionActor extends Production {
  constructor(ctx: DurableObjectState, env: Env) {
    const caller = callerOf(ctx);
    const [DB, TRACKING_R2] = [faultyDatabase(env.DB, caller), faultyBucket(env.TRACKING_R2, caller)];
    const [IDENTITY, ROSTER] = [faultyIdentity(env.IDENTITY, caller), faultyRoster(env.ROSTER, caller)];
    super(ctx, { ...env, DB, TRACKING_R2, IDENTITY, ROSTER });
  }

  /** The next storage call of this kind throws. */
  breakStorage(failing: FailingJournal["failing"]): void {
    this.journal = new FailingJournal(this.ctx, failing);
  }
}

/** The production lead actor. Its calls to D1, to other leads' actors and to the endpoints' actors pass through the faults. */
export class LeadActor extends ProductionLead {
  constructor(ctx: DurableObjectState, env: Env) {
    const caller = callerOf(ctx);
    super(ctx, {
      ...env,
      DB: faultyDatabase(env.DB, caller),
      LEAD: faultyCalls("lead", env.LEAD, caller),
      ENDPOINT: faultyCalls("endpoint", env.ENDPOINT, caller),
    });
  }
}

export class EndpointActor extends ProductionEndpoint {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, { ...env, DB: faultyDatabase(env.DB, callerOf(ctx)) });
  }
}

/** The production identity actor behind faulty bindings; its calls have names of their own. */
export class IdentityActor extends ProductionIdentity {
  constructor(ctx: DurableObjectState, env: Env) {
    const caller = callerOf(ctx);
    super(ctx, {
      ...env,
      DB: faultyDatabase(env.DB, caller, "identity "),
      TRACKING_KV: faultyKv(env.TRACKING_KV, caller, "identity "),
    });
  }
}

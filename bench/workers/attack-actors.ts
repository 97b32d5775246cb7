import { BudgetActor as ProductionBudget } from "../../durable/budget/actor";
import { LeadActor as ProductionLead } from "../../durable/lead/actor";
import { SubmitActor as ProductionSubmit } from "../../durable/submit/actor";
import type { Env } from "../../src/bindings";
import type { SiteSums } from "../../src/core/budget/sites";
import { countedBucket, countedDatabase, countStorage, countValues } from "./counted";
import { active, add } from "./simulated";

/** Leads and names of submits, in the order in which they were first called. The driver rings their alarms. */
export const leads = new Set<string>();
export const submits = new Set<string>();

export class LeadActor extends ProductionLead {
  constructor(ctx: DurableObjectState, env: Env) {
    countStorage("session", ctx.storage, ctx.id.toString(), []);
    super(ctx, { ...env, DB: countedDatabase("session", env.DB), TRACKING_R2: countedBucket(env.TRACKING_R2) });
    leads.add(ctx.id.toString());
    add("session", "object_calls");
  }

  fire(): Promise<void> {
    add("session", "alarms");
    return active("session", () => super.alarm());
  }
}

export class SubmitActor extends ProductionSubmit {
  constructor(ctx: DurableObjectState, env: Env) {
    countStorage("session", ctx.storage, ctx.id.toString(), []);
    super(ctx, env);
    submits.add(ctx.id.toString());
    add("session", "object_calls");
  }

  fire(): Promise<void> {
    add("session", "alarms");
    return active("session", () => super.alarm());
  }
}

export class BudgetActor extends ProductionBudget {
  constructor(ctx: DurableObjectState, env: Env) {
    countValues(ctx.storage);
    super(ctx, env);
  }

  override add(sums: SiteSums): SiteSums {
    add("identity", "object_calls");
    return super.add(sums);
  }

  override spent(site: string): number {
    add("identity", "object_calls");
    return super.spent(site);
  }
}

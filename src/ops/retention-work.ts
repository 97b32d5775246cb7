import type { Env } from "../bindings";
import type { OpenRun } from "../data/store/retention";
import type { WorkBudget } from "./work-budget";

/** What one invocation may do at a time. Tests use smaller numbers. */
export interface Bounds {
  calls: number;
  ms: number;
  page: number;
  sessions: number;
  events: number;
}

export type RetentionStores = Pick<Env, "DB" | "TRACKING_R2" | "LEAD" | "SITE">;

/** One invocation's share of a run. */
export interface RetentionWork {
  stores: RetentionStores;
  run: OpenRun;
  budget: WorkBudget;
  bounds: Bounds;
  /** Saves the run. False if another invocation has overtaken this one, which then stops. */
  save: () => Promise<boolean>;
}

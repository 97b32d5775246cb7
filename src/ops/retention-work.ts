import type { Env } from "../bindings";
import type { OpenRun } from "../data/store/retention";
import type { Budget } from "./work-budget";

/** Smaller in tests. */
export interface Bounds {
  calls: number;
  ms: number;
  page: number;
  sessions: number;
  events: number;
}

export type Stores = Pick<Env, "DB" | "TRACKING_R2" | "LEAD" | "SITE">;

/** One invocation's share of a run. */
export interface Work {
  stores: Stores;
  run: OpenRun;
  budget: Budget;
  bounds: Bounds;
  /** Writes the run down; false when another invocation has overtaken this one, which then stops. */
  save: () => Promise<boolean>;
}

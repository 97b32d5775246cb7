import type { Env } from "../../src/bindings";
import type { LeadStore } from "../../src/data/store/lead";
import type { OutboxStore } from "../../src/data/store/outbox";
import type { Logger } from "../../src/ops/logger";
import type { Courier } from "../courier/courier";

/** What the parts of a lead actor need of it. */
export interface LeadHost {
  env: Pick<Env, "DB" | "LEAD" | "SESSION">;
  storage: DurableObjectStorage;
  store: LeadStore;
  outbox: OutboxStore;
  courier: Courier;
  log: Logger;
  /** Sets the alarm for the next thing to do. */
  arm(): void;
}

import { SessionActor as Production } from "../../durable/session";
import { ARCHIVE_MS } from "../../src/limits";

/**
 * The production Worker in an outage: every flush hangs, so that sessions can be killed with all they hold unwritten. Its clock
 * is behind by what the archive may lag, so that with the clock as it is both stores are overdue.
 */
const now = Date.now;
Date.now = () => now() - ARCHIVE_MS;

export { AlertActor } from "../../durable/alerts";
export { BudgetActor } from "../../durable/budget";
export { EndpointActor } from "../../durable/endpoint";
export { IdentityActor } from "../../durable/identity";
export { LeadActor } from "../../durable/lead";
export { SiteSettings } from "../../durable/site";
export { SubmitActor } from "../../durable/submit";
export { default } from "../../src/index";

export class SessionActor extends Production {
  override alarm(): Promise<void> {
    return new Promise(() => {});
  }
}

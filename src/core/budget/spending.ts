/**
 * How much a site's settings allow to be spent (bytes), who spends it, and what the edge knows to be spent. It goes along with each
 * call.
 */
export interface CallBudget {
  /**
   * The network of the address whose spending is counted together, as a hash where the site stores hashes. Null for a server with a
   * key.
   */
  sender: string | null;
  session_hour: number;
  address_hour: number;
  site_day: number;
  /** For how many more seconds the sender has nothing left; absent if that is not known. */
  spent_for?: number;
  /** For how many more seconds the site takes no new sessions; absent if it takes them. */
  new_sessions_wait?: number;
  /** The share of its daily budget that the site has spent, as far as the edge knows; absent while it is small. */
  site_share?: number;
  /** The database has little room left. */
  is_database_full?: true;
}

/** What a session, or the Worker for a lead, tells the shard of its address. A message that is sent twice counts twice. */
export interface Spending extends Pick<CallBudget, "sender" | "address_hour" | "site_day"> {
  v: 1;
  /** Leads have their own budget, so that a flood of events shuts out nobody's lead. */
  of: "calls" | "leads";
  site: string;
  bytes: number;
}

/** The shard's answer to a `Spending`. */
export interface SpendingAnswer {
  /** Seconds until the address may spend again; 0: now. */
  wait: number;
  /** The share of its daily budget that the site has spent: 1 is all of it. */
  share: number;
}

/**
 * The key of a sender's level. The rate is part of it, because what an address has spent at one site's rate must not shut it out of
 * a site with a higher rate.
 */
export const senderKey = (sender: string, hour: number): string => `${sender} ${hour}`;

/** What a site's settings let be spent, bytes, and by whom; and what the edge knows to be spent. Goes along with each call. */
export interface CallBudget {
  /** The address as it is limited: never in the clear where a site stores hashes. Null for a server with a key. */
  sender: string | null;
  session_hour: number;
  address_hour: number;
  site_day: number;
  /** For how many seconds yet the sender has nothing left; absent where that is not known. */
  spent_for?: number;
  /** For how many seconds yet the site takes no new sessions; absent where it does. */
  new_sessions_wait?: number;
  /** How much of its budget the site has spent, as far as the edge knows; absent while it is little. */
  site_share?: number;
  /** The database has little room left. */
  is_database_full?: true;
}

/** What a session, or the Worker for a lead, tells the shard of its address. Sent again it counts again. */
export interface Spending extends Pick<CallBudget, "sender" | "address_hour" | "site_day"> {
  v: 1;
  /** Leads have a budget of their own: whoever floods with events shuts out nobody's. */
  of: "calls" | "leads";
  site: string;
  bytes: number;
}

/** What the shard knows. */
export interface SpendingAnswer {
  /** Seconds until the address may spend again; 0: now. */
  wait: number;
  /** How much of its budget of the day the site has spent: 1 is all of it. */
  share: number;
}

/** Whose level it is: what one site lets an address spend is no matter of another that lets it spend more. */
export const senderKey = (sender: string, hour: number): string => `${sender} ${hour}`;

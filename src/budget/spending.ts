/** What a site's settings let be spent, bytes, and by whom. Goes along with each call. */
export interface CallBudget {
  /** The address as it is limited: never in the clear where a site stores hashes. Null for a server with a key. */
  sender: string | null;
  session_hour: number;
  address_hour: number;
  site_day: number;
  /** The edge knows already that it is spent, and for how many seconds yet; absent where it is not. */
  spent_for?: number;
}

/** What a session, or the Worker for a lead, tells the shard of its address. Sent again it counts again. */
export interface Spending extends Omit<CallBudget, "session_hour" | "spent_for"> {
  v: 1;
  /** Leads have a budget of their own: whoever floods with events shuts out nobody's. */
  of: "calls" | "leads";
  site: string;
  bytes: number;
}

/** What the shard knows. */
export interface Told {
  /** Seconds until the address may spend again; 0: now. */
  wait: number;
  /** How much of its budget of the day the site has spent: 1 is all of it. */
  share: number;
}

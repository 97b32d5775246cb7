import type { AlertKind, Condition } from "./core/alerts/alert";
import type { Erasure } from "./core/api/erasure";
import type { Bots } from "./core/api/filter";
import type { SiteSpending, SiteSums } from "./core/budget/sites";
import type { Spending, SpendingAnswer } from "./core/budget/spending";
import type { IdentityKind, Sighting } from "./core/identity/record";
import type { AttemptReport, Permit } from "./core/leads/breaker";
import type { CrmWord } from "./core/leads/crm-word";
import type { Taken as LeadTaken, Outcome, Submission, Unheard } from "./core/leads/lead";
import type { ChunkCall } from "./core/recording/chunk";
import type { RosterReport } from "./core/roster/entry";
import type { RosterFigures } from "./core/roster/figures";
import type { Here } from "./core/roster/people";
import type { RosterSummary } from "./core/roster/summary";
import type { IdentityCounts } from "./core/scoring/context";
import type { LeadCall, SessionLeadAnswer } from "./core/session/calls/lead";
import type { Life, LifeRow } from "./core/session/calls/life";
import type { ChunkResult, TrackResult } from "./core/session/calls/result";
import type { TrackCall } from "./core/session/calls/track-call";
import type { ErasureOrder } from "./data/store/order";

/** How much of a session was erased. */
export interface ErasedSession {
  objects: number;
  bytes: number;
  sessions: number;
  events: number;
  /** A write may still be on its way: look once more in a while. */
  again: boolean;
  /** The id has begun anew, as somebody else's, so its actor goes on. */
  goes_on: boolean;
}

/** A session's answer to an erasure of a visitor whom it only claims to be. */
export interface UnlinkedSession {
  /** The session has shown the secret meanwhile, so it is the visitor's own: nothing was done. */
  is_proven: boolean;
  /** A write may still be on its way: look once more in a while. */
  again: boolean;
}

/** The part of a session that R2 does not have yet, and where in R2 the rest is. */
export interface Unarchived {
  site: string;
  started_at: number;
  /** Entries as JSON objects joined by commas, oldest first; empty when R2 has them all. */
  body: string;
}

/** One visitor's session, by its id. Null answers: there is no such session. */
export interface SessionRpc extends Rpc.DurableObjectBranded {
  track(call: TrackCall): TrackResult;
  /** Null also if the caller cannot show that the session is theirs. */
  lead(call: LeadCall): SessionLeadAnswer | null;
  /** `body`: gzip. The answer says that R2 has the chunk. */
  record(call: ChunkCall, body: ArrayBuffer): Promise<ChunkResult> | ChunkResult;
  place(): { site: string; started_at: number } | null;
  /** JSON text. */
  live(): string | null;
  unarchived(): Unarchived | null;
  wake(): void;
  subject(visitor_id: string, row: LifeRow | null): Promise<Life[]>;
  told(): Promise<Life[]>;
  provenVisitor(call: Pick<TrackCall, "site" | "key_hash">): string | null;
  proves(visitor_id: string): boolean;
  unlink(visitor_id: string, starts: readonly number[], others?: readonly number[]): Promise<UnlinkedSession>;
  erase(starts: readonly number[], others?: readonly number[]): Promise<ErasedSession>;
}

/** A shard of identities: fingerprints of one site, or addresses over all sites. */
export interface IdentityRpc extends Rpc.DurableObjectBranded {
  seen(sighting: Sighting): IdentityCounts;
  spend(spending: Spending): SpendingAnswer;
  forget(session_id: string, key: string): Promise<boolean>;
  erase(key: string, kind: IdentityKind, value: string): Promise<boolean>;
  rewrite(key: string): Promise<boolean>;
}

/** How far a reader has read one shard's changes. */
export interface RosterPlace {
  /** A new one means that the shard was loaded anew: read everything again. */
  epoch: string;
  version: number;
}

export interface RosterChanges extends RosterPlace {
  /** Who has changed since the place that was given, including those who have left. */
  changed: (Here & { ended: boolean })[];
}

/** A shard of who is on the sites now. */
export interface RosterRpc extends Rpc.DurableObjectBranded {
  report(report: RosterReport): void;
  remove(session_id: string): boolean;
  leave(session_id: string, seq: number): boolean;
  part(session_id: string, who: string | null): boolean;
  summary(site: string | null, bots: Bots, limit: number): RosterSummary;
  changes(site: string | null, since: RosterPlace | null): RosterChanges;
  sessionsOf(who: string, sites: readonly string[] | null): string[];
  figures(): RosterFigures;
}

/** What an erasure is asked to erase. */
export type NewOrder = Pick<ErasureOrder, "subject" | "sites" | "keep_leads">;

/** One erasure under way, by its receipt's id. */
export interface EraserRpc extends Rpc.DurableObjectBranded {
  erase(erasure_id: string, order: NewOrder): Promise<Erasure>;
}

/** How much of a lead one of its actors has erased. */
export interface ErasedLead {
  /** Whether there was anything to erase. */
  known: boolean;
  leads: number;
  deliveries: number;
  /** A write may still be on its way: ask once more in a while. */
  again: boolean;
}

/** What has become of a submit's claims. */
export interface UnlinkedLead {
  /** Whether there were any. */
  is_unlinked: boolean;
  /** A write may still be on its way: ask once more in a while. */
  again: boolean;
}

/** One submit, and the lead it becomes, by the submit's id. */
export interface LeadRpc extends Rpc.DurableObjectBranded {
  take(submission: Submission, unheard?: Unheard | null): Promise<LeadTaken>;
  adopt(lead_id: string, submission: Submission, outcome: Outcome, guest?: boolean): void;
  found(lead_id: string, site: string): void;
  forget(submission_id: string): Promise<void>;
  unclaim(lead_id: string, keys: readonly string[]): Promise<UnlinkedLead>;
  isClaiming(lead_id: string, keys: readonly string[]): Promise<boolean>;
  redeliver(delivery_id: string): Promise<boolean>;
  wake(): void;
  siteOf(): string | null;
  home(): { site: string; lead_id: string } | null;
  callback(word: CrmWord): void;
  erase(lead_id: string, keepConversion?: boolean): Promise<ErasedLead>;
}

/** The sockets that follow a site: reached by `fetch` alone. */
type RealtimeRpc = Rpc.DurableObjectBranded;

/** The id of a submit, by the name that its retries share. */
export interface SubmitRpc extends Rpc.DurableObjectBranded {
  named(): string;
}

/** A site's alerts, by its name. */
export interface AlertRpc extends Rpc.DurableObjectBranded {
  observe(site: string, conditions: Condition[], looked: AlertKind[]): string[];
  flushIs(site: string, session_id: string, isStuck: boolean): void;
  redeliver(delivery_id: string): Promise<boolean>;
}

/** An endpoint's circuit breaker. */
export interface EndpointRpc extends Rpc.DurableObjectBranded {
  permit(site: string, endpoint_id: string): Permit;
  report(site: string, endpoint_id: string, report: AttemptReport): Promise<void>;
  reset(site: string, endpoint_id: string): Promise<void>;
}

/** What the sites have spent today: one object. */
export interface BudgetRpc extends Rpc.DurableObjectBranded {
  add(sums: SiteSums): SiteSums;
  types(
    site: string,
    day: string,
    names: readonly string[],
    from: { bucket: number | null; takes: boolean },
  ): { refused: string[]; all: string[] | null };
  spending(site: string): SiteSpending;
  databaseIs(bytes: number): void;
  spent(site: string): number;
  today(): SiteSums;
}

/** The bindings and variables of `wrangler.toml`. The first four names are the contract's. */
export interface Env {
  DB: D1Database;
  TRACKING_KV: KVNamespace;
  TRACKING_R2: R2Bucket;
  /** Root key of the analytics API. Absent in the deployed environment until the secret is put. */
  ANALYTICS_API_KEY?: string;
  SESSION: DurableObjectNamespace<SessionRpc>;
  /** Fingerprints in shards of their site, addresses in shards over all sites. */
  IDENTITY: DurableObjectNamespace<IdentityRpc>;
  /** Who is on the sites now, in shards. */
  ROSTER: DurableObjectNamespace<RosterRpc>;
  /** One object for each erasure under way. */
  ERASER: DurableObjectNamespace<EraserRpc>;
  /** Those who follow a site, by its name. */
  REALTIME: DurableObjectNamespace<RealtimeRpc>;
  /** Site settings: an itty-durable object, reached through its proxy only. */
  SITE: DurableObjectNamespace;
  /** The dashboard's files. Absent where only the Worker runs. */
  ASSETS?: Fetcher;
  LEAD: DurableObjectNamespace<LeadRpc>;
  /** One object for each name of a submit. */
  SUBMIT: DurableObjectNamespace<SubmitRpc>;
  ALERTS: DurableObjectNamespace<AlertRpc>;
  ENDPOINT: DurableObjectNamespace<EndpointRpc>;
  /** What sites have spent today: one object. */
  BUDGET: DurableObjectNamespace<BudgetRpc>;
  LIMIT_TRACK: RateLimit;
  LIMIT_START: RateLimit;
  LIMIT_SITE_STARTS: RateLimit;
  LIMIT_LEADS: RateLimit;
  LIMIT_SITE_LEADS: RateLimit;
  LIMIT_API: RateLimit;
  ENVIRONMENT: string;
  /** debug, info (default), warn or error. */
  LOG_LEVEL?: string;
  /** `off` lifts every rate limit, in development only: for load tests. */
  RATE_LIMIT?: string;
  /**
   * Waits between webhook attempts, ms, separated by commas; and the time that an attempt may take, ms. With these, tests go
   * faster.
   */
  WEBHOOK_SCHEDULE_MS?: string;
  WEBHOOK_TIMEOUT_MS?: string;
  /** `host` or `host:port`, separated by commas: where webhooks may go although it is not a public name on port 443. */
  WEBHOOK_HOSTS?: string;
  /** Where `npm run dev` receives webhooks. It sends them on once it has looked up where their names lead. In development only. */
  WEBHOOK_GATE?: string;
  /** The value of `Strict-Transport-Security`, or `off`. */
  HSTS?: string;
  /** A first segment of paths. Below it, scripts and ingest have names that filter lists do not know. Empty for none. */
  INGEST_PREFIX?: string;
  /** Secret for `ip: hashed`. */
  ADDRESS_HASH_SECRET?: string;
}

export const isDevelopment = (env: Pick<Env, "ENVIRONMENT">): boolean => env.ENVIRONMENT === "development";

export const limitsLifted = (env: Pick<Env, "ENVIRONMENT" | "RATE_LIMIT">): boolean =>
  env.RATE_LIMIT === "off" && isDevelopment(env);

/** In development only: elsewhere the platform itself looks up where a name leads. */
export const webhookGate = (env: Pick<Env, "ENVIRONMENT" | "WEBHOOK_GATE">): string | undefined =>
  isDevelopment(env) ? env.WEBHOOK_GATE : undefined;

import type { AlertActor } from "../durable/alerts";
import type { BudgetActor } from "../durable/budget";
import type { EndpointActor } from "../durable/endpoint";
import type { EraserActor } from "../durable/eraser";
import type { IdentityActor } from "../durable/identity";
import type { LeadActor } from "../durable/lead";
import type { RealtimeActor } from "../durable/realtime";
import type { RosterActor } from "../durable/roster";
import type { SessionActor } from "../durable/session";
import type { SubmitActor } from "../durable/submit";

/** The bindings and variables of `wrangler.toml`. The first four names are the contract's. */
export interface Env {
  DB: D1Database;
  TRACKING_KV: KVNamespace;
  TRACKING_R2: R2Bucket;
  /** Root key of the analytics API. Absent in the deployed environment until the secret is put. */
  ANALYTICS_API_KEY?: string;
  SESSION: DurableObjectNamespace<SessionActor>;
  /** Fingerprints in shards of their site, addresses in shards over all sites. */
  IDENTITY: DurableObjectNamespace<IdentityActor>;
  /** Who is on the sites now, in shards. */
  ROSTER: DurableObjectNamespace<RosterActor>;
  /** One object for each erasure under way. */
  ERASER: DurableObjectNamespace<EraserActor>;
  /** Those who follow a site, by its name. */
  REALTIME: DurableObjectNamespace<RealtimeActor>;
  /** Site settings: an itty-durable object, reached through its proxy only. */
  SITE: DurableObjectNamespace;
  /** The dashboard's files. Absent where only the Worker runs. */
  ASSETS?: Fetcher;
  LEAD: DurableObjectNamespace<LeadActor>;
  /** One object for each name of a submit. */
  SUBMIT: DurableObjectNamespace<SubmitActor>;
  ALERTS: DurableObjectNamespace<AlertActor>;
  ENDPOINT: DurableObjectNamespace<EndpointActor>;
  /** What sites have spent today: one object. */
  BUDGET: DurableObjectNamespace<BudgetActor>;
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
  /** Waits between webhook attempts in ms, separated by commas, and the time an attempt may take: tests go faster. */
  WEBHOOK_SCHEDULE_MS?: string;
  WEBHOOK_TIMEOUT_MS?: string;
  /** `host` or `host:port`, separated by commas: where webhooks may go although a public name on 443 is asked for. */
  WEBHOOK_HOSTS?: string;
  /** Where `npm run dev` takes webhooks, to send them on once it has looked up where their names lead. In development only. */
  WEBHOOK_GATE?: string;
  /** The value of `Strict-Transport-Security`, or `off`. */
  HSTS?: string;
  /** A first segment of paths below which scripts and ingest go by names that filter lists do not know; empty for none. */
  INGEST_PREFIX?: string;
  /** Secret for `ip: hashed`. */
  ADDRESS_HASH_SECRET?: string;
}

export const isDevelopment = (env: Pick<Env, "ENVIRONMENT">): boolean => env.ENVIRONMENT === "development";

export const limitsLifted = (env: Pick<Env, "ENVIRONMENT" | "RATE_LIMIT">): boolean =>
  env.RATE_LIMIT === "off" && isDevelopment(env);

/** Only one's own machine has a gate: elsewhere the platform looks up where a name leads. */
export const webhookGate = (env: Pick<Env, "ENVIRONMENT" | "WEBHOOK_GATE">): string | undefined =>
  isDevelopment(env) ? env.WEBHOOK_GATE : undefined;

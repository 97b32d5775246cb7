import type { Presence } from "../../../core/roster/entry";
import type { Firing, Label, ScoreName, Scores } from "../../../core/scoring/ledger";
import type { columns, Live as LiveView, Summary } from "../../../core/session/view";
import type { Webhook } from "../../../protocol/webhook";

/** What the API answers, as far as the dashboard reads it. What is optional is not in rows of every age. */

export type { Erasure } from "../../../core/api/erasure";
export type { ApiKey, AuditEntry } from "../../../core/api/keys";
export type { DeliveryAnswer as Delivery } from "../../../core/api/leads";
export type { RetentionRun } from "../../../core/api/storage";
export type { Firing, Label, LiveView, Presence, ScoreName, Scores };

export interface One<T> {
  data: T;
}

export interface List<T> {
  data: T[];
  next_cursor: string | null;
}

export interface BotsLeftOut {
  mode: "exclude" | "include" | "only";
  excluded: number;
}

export type SessionRow = ReturnType<typeof columns> & Partial<Summary> & { source?: string; campaign?: string | null };

export interface Figures {
  sessions: number;
  visitors: number;
  visitors_error: number;
  events: number;
  page_views: number;
  bounces: number;
  bounce_rate: number | null;
  median_duration_ms: number | null;
  average_engaged_ms: number | null;
  leads: number;
  expected?: number;
  missing?: number;
  implausible_streams?: number;
}

export interface Overview extends One<Figures & { previous: Figures }> {
  bots: BotsLeftOut;
}

export interface Day extends Omit<Figures, "visitors_error" | "median_duration_ms"> {
  date: string;
  from: number;
  to: number;
}

export interface SessionSums {
  sessions: number;
  share: number | null;
  events: number;
  page_views: number;
  bounces: number;
  bounce_rate: number | null;
  average_engaged_ms: number | null;
}

export interface PageSums {
  page: string;
  views: number;
  sessions: number;
  entries: number;
  bounces: number;
  bounce_rate: number | null;
}

export interface Breakdown<Row> extends List<Row> {
  other: Partial<SessionSums & PageSums> | null;
  hidden: number;
  bots: BotsLeftOut;
}

export interface Engagement
  extends One<{
    sessions: number;
    average_engaged_ms: number | null;
    median_duration_ms: number | null;
    average_scroll_percent: number | null;
    pages_per_session: number | null;
    bounce_rate: number | null;
    bands: (SessionSums & { from: number | null; to: number | null })[];
  }> {
  bots: BotsLeftOut;
}

export interface SiteRow {
  site: string;
}

/** An answer about sites says where the script is that their tags name, if not at its usual path. */
export interface Scripted {
  script_path?: string;
}

/** A site's settings. More of them than these may come, from a newer deployment; they are edited as JSON. */
export interface SiteSettings {
  site: string;
  allowed_origins: string[];
  dashboard_origins: string[];
  default_consent: string;
  ip: string;
  webhooks: Webhook[];
  [setting: string]: unknown;
}

import type * as z from "zod";
import type {
  BotsLeftOut as BotsLeftOutBody,
  DailyBody,
  EngagementBody,
  OverviewBody,
  PagesBody,
} from "../../../core/api/aggregates";
import type { SitesPage } from "../../../core/api/answers";
import type { StorageBody } from "../../../core/api/storage";
import type { Presence } from "../../../core/roster/entry";
import type { Firing, Label, Scores } from "../../../core/scoring/ledger";
import type { columns, Live as LiveView, Summary } from "../../../core/session/view";
import type { Webhook } from "../../../protocol/webhook";

/** The API's answers, as far as the dashboard reads them. Optional fields are missing in older rows. */

export type { Erasure } from "../../../core/api/erasure";
export type { ApiKey, AuditEntry } from "../../../core/api/keys";
export type { DeliveryAnswer as Delivery } from "../../../core/api/leads";
export type { RetentionRun } from "../../../core/api/storage";
export type { Firing, Label, LiveView, Presence, Scores };

export interface One<T> {
  data: T;
}

export interface List<T> {
  data: T[];
  next_cursor: string | null;
}

export type BotsLeftOut = z.infer<typeof BotsLeftOutBody>;

export type SessionRow = ReturnType<typeof columns> & Partial<Summary> & { source?: string; campaign?: string | null };

export type Overview = z.infer<typeof OverviewBody>;
export type OverviewFigures = Overview["data"];

export type Day = z.infer<typeof DailyBody>["data"][number];

export type Engagement = z.infer<typeof EngagementBody>;
export type EngagementBand = Engagement["data"]["bands"][number];

/** The sums of sessions. Every breakdown has them, except that of pages. */
export type SessionSums = Omit<EngagementBand, "from" | "to">;
export type PageSums = z.infer<typeof PagesBody>["data"][number];

export interface Breakdown<R> extends List<R> {
  /** The sums of values that are not named. */
  other: Partial<SessionSums & PageSums> | null;
  hidden: number;
  bots: BotsLeftOut;
}

export type SiteRow = z.infer<typeof SitesPage>["data"][number];

/** Where the tags of sites find the tracker; absent if it is at its usual path. */
export type Scripted = Pick<z.infer<typeof SitesPage>, "script_path">;

export type Storage = z.infer<typeof StorageBody>["data"];

/** A site's settings. A newer server may send more of them; those are edited as JSON. */
export interface SiteSettings {
  site: string;
  allowed_origins: string[];
  dashboard_origins: string[];
  default_consent: string;
  ip: string;
  webhooks: Webhook[];
  [setting: string]: unknown;
}

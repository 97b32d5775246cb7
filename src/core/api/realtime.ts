import * as z from "zod";
import { SiteName, wholeNumber } from "../../protocol/values";
import { BotsLeftOut } from "./aggregates";
import { Bots } from "./filter";
import { LIST_DEFAULT, LIST_MAX } from "./limits";

/** `GET /analytics/realtime/stream` */
export const RealtimeStreamQuery = z.strictObject({
  site: SiteName.optional().meta({ description: "Absent: every site" }),
  bots: Bots.default("exclude"),
});

/** `GET /analytics/realtime` */
export const RealtimeQuery = z.strictObject({
  ...RealtimeStreamQuery.shape,
  limit: wholeNumber(1, LIST_MAX)
    .default(LIST_DEFAULT)
    .meta({ description: "Sessions shown; the counts are of all of them" }),
});

const Count = z.int().min(0);
const Score = z.int().min(0).max(100).nullable();

const Presence = z.object({
  session_id: z.uuid(),
  site: z.string(),
  page: z.string(),
  referrer: z.string().nullable(),
  country: z.string().nullable(),
  started_at: z.int(),
  seen_at: z.int(),
  events: Count,
  page_views: Count,
  engaged_ms: Count,
  label: z.string().nullable(),
  scores: z.object({ engagement: Score, bot: Score, vpn: Score, risk: Score }),
});

export const RealtimeBody = z.object({
  data: z.object({
    site: z.string().nullable(),
    visitors: Count,
    pages: z.array(z.object({ page: z.string(), visitors: Count })),
    countries: z.array(z.object({ country: z.string(), visitors: Count })),
    labels: z.record(z.string(), Count),
    sessions: z.array(Presence),
    timestamp: z.int(),
  }),
  bots: BotsLeftOut.meta({ description: "Visitors left out" }),
});

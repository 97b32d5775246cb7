import * as z from "zod";
import { wholeNumber } from "../../protocol/values";
import { isZone } from "../../protocol/zone";
import { Time } from "./analytics";
import { Bots, filterFields } from "./filter";
import { LIST_DEFAULT, LIST_MAX } from "./limits";

/** Queries and answers of the aggregates. */

const range = { from: Time.optional(), to: Time.optional() };
const bots = { bots: Bots.default("exclude") };
const page = {
  limit: wholeNumber(1, LIST_MAX).default(LIST_DEFAULT),
  cursor: z.string().max(512).optional(),
};

export const OverviewQuery = z.strictObject({ ...range, ...filterFields, ...bots });
export const BreakdownQuery = z.strictObject({ ...range, ...filterFields, ...bots, ...page });
export const GeoQuery = BreakdownQuery.extend({ by: z.enum(["country", "region"]).default("country") });
export const SourcesQuery = BreakdownQuery.extend({
  by: z.enum(["source", "channel", "campaign", "medium", "term", "content", "referrer"]).default("source"),
});
export const DevicesQuery = BreakdownQuery.extend({ by: z.enum(["device", "browser", "os"]).default("device") });
export const BotsQuery = BreakdownQuery.omit({ bots: true }).extend({
  by: z.enum(["rule", "kind", "name", "proof"]).default("rule"),
});
export const EventTypesQuery = BreakdownQuery.extend({ interval: z.enum(["total", "hour", "day"]).default("total") });
export const DailyQuery = z.strictObject({
  ...range,
  ...filterFields,
  ...bots,
  tz: z
    .string()
    .max(64)
    .refine(isZone, "must be a time zone such as Europe/Berlin")
    .default("UTC")
    .meta({ description: "IANA time zone whose days are counted" }),
  limit: wholeNumber(1, LIST_MAX).optional(),
  cursor: z.string().max(512).optional(),
});

const Count = z.int().min(0);
const Share = z.number().min(0).max(1).nullable();
const Ms = z.number().min(0).nullable();
const At = z.int().meta({ description: "Epoch milliseconds" });

/** How many sessions were left out because of `bots`. */
export const BotsLeftOut = z.object({ mode: Bots, excluded: Count });
export type BotsLeftOut = z.infer<typeof BotsLeftOut>;
const Period = z.object({ from: At, to: At });
const common = { bots: BotsLeftOut, period: Period };

/** `expected`: numbered events that pages say they have sent. `missing`: those of them that have not come. */
const completeness = {
  expected: Count,
  missing: Count,
  implausible_streams: Count.meta({
    description: "Streams left out of both: they say to have lost far more than came",
  }),
};

const Figures = z.object({
  period: Period,
  sessions: Count,
  visitors: Count,
  visitors_error: z.number().min(0).meta({ description: "Standard error as a share of visitors; 0: exact" }),
  events: Count,
  page_views: Count,
  bounces: Count,
  bounce_rate: Share,
  median_duration_ms: Ms,
  average_engaged_ms: Ms,
  ...completeness,
  leads: Count,
});

export const OverviewBody = z.object({ data: Figures.extend({ previous: Figures }), bots: BotsLeftOut });
export type OverviewBody = z.infer<typeof OverviewBody>;

const SessionSums = z.object({
  sessions: Count,
  share: Share,
  events: Count,
  page_views: Count,
  bounces: Count,
  bounce_rate: Share,
  average_engaged_ms: Ms,
  leads: Count,
});

/** `sums` is the shape of a row without its value. `other` holds the sums of all values that are not listed. */
const breakdown = <Row extends z.ZodType, Sums extends z.ZodType>(row: Row, sums: Sums) =>
  z.object({
    data: z.array(row),
    next_cursor: z.string().nullable(),
    other: sums.nullable(),
    hidden: Count.meta({
      description: "What a value may lack at most: on some days it was not among the first hundred",
    }),
    ...common,
  });

const Value = z.string().nullable().optional();

/** A row has only the field that `by` names. Null: sessions for which it is not known. */
export const GeoBody = breakdown(SessionSums.extend({ country: Value, region: Value }), SessionSums);
export type GeoBody = z.infer<typeof GeoBody>;
export const SourcesBody = breakdown(
  SessionSums.extend({
    source: Value,
    channel: Value,
    campaign: Value,
    medium: Value,
    term: Value,
    content: Value,
    referrer: Value,
  }),
  SessionSums,
);
export type SourcesBody = z.infer<typeof SourcesBody>;
export const DevicesBody = breakdown(SessionSums.extend({ device: Value, browser: Value, os: Value }), SessionSums);
export type DevicesBody = z.infer<typeof DevicesBody>;
export const BotsBody = breakdown(
  SessionSums.extend({ rule: Value, kind: Value, name: Value, proof: Value }),
  SessionSums,
);
export type BotsBody = z.infer<typeof BotsBody>;

const PageSums = z.object({
  views: Count,
  sessions: Count,
  entries: Count,
  bounces: Count,
  bounce_rate: Share,
});
export const PagesBody = breakdown(PageSums.extend({ page: z.string() }), PageSums);
export type PagesBody = z.infer<typeof PagesBody>;

const TypeSums = z.object({ events: Count, sessions: Count });
export const EventTypesBody = breakdown(
  TypeSums.extend({
    event_type: z.string(),
    name: z.string().optional().meta({ description: "As it was written, where the type is the slug of a free name" }),
    at: At.optional(),
  }),
  TypeSums,
);
export type EventTypesBody = z.infer<typeof EventTypesBody>;

const Day = z.object({
  date: z.iso.date(),
  from: At,
  to: At,
  sessions: Count,
  visitors: Count,
  events: Count,
  page_views: Count,
  bounces: Count,
  bounce_rate: Share,
  average_engaged_ms: Ms,
  leads: Count,
  ...completeness,
});
export const DailyBody = z.object({
  data: z.array(Day),
  next_cursor: z.string().nullable(),
  tz: z.string(),
  ...common,
});
export type DailyBody = z.infer<typeof DailyBody>;

const Band = SessionSums.extend({
  from: z.int().nullable().meta({ description: "Lowest score of the band; null: no score" }),
  to: z.int().nullable(),
});
export const EngagementBody = z.object({
  data: z.object({
    sessions: Count,
    average_engaged_ms: Ms,
    median_duration_ms: Ms,
    average_scroll_percent: z.number().nullable(),
    pages_per_session: z.number().nullable(),
    bounce_rate: Share,
    bands: z.array(Band),
  }),
  ...common,
});
export type EngagementBody = z.infer<typeof EngagementBody>;

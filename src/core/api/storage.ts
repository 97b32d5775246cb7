import * as z from "zod";
import { Time } from "./analytics";

const Count = z.int().min(0);

/** What a run of retention did; for a run that is not finished, what it did so far. */
export const RetentionReport = z.object({
  objects_deleted: Count,
  bytes_deleted: Count,
  sessions_deleted: Count.meta({ description: "Rows of D1's `sessions`" }),
  events_deleted: Count.meta({ description: "Rows of D1's `events`" }),
  leads_deleted: Count.meta({ description: "Of sites with `lead_retention_days`" }),
  objects_kept: Count.nullable().meta({ description: "Objects in the archive after the run; null until counted" }),
  bytes_kept: Count.nullable(),
  duration_ms: Count.meta({ description: "Working time of all its invocations" }),
  invocations: Count,
  errors: Count,
  last_error: z.string().nullable(),
});
export type RetentionReport = z.infer<typeof RetentionReport>;

export const RetentionRun = RetentionReport.extend({
  started_at: z.int(),
  finished_at: z.int().nullable(),
  cutoff: z.int().meta({ description: "Epoch ms: sessions begun before it go" }),
  steps: Count,
});
export type RetentionRun = z.infer<typeof RetentionRun>;

/** `GET /analytics/storage` */
export const StorageQuery = z.strictObject({ from: Time.optional(), to: Time.optional() });

export const StorageBody = z.object({
  data: z.object({
    days: z.array(
      z.object({
        day: z.string(),
        objects: Count,
        bytes: Count,
        counted_at: z.int(),
        complete: z.boolean().meta({ description: "False: the day has more than was counted for this answer" }),
      }),
    ),
    objects: Count,
    bytes: Count,
    retention: z.object({ days: z.int(), runs: z.array(RetentionRun) }),
    database: z.object({
      bytes: Count.nullable().meta({ description: "Null where D1 does not say" }),
      archive_only_from_bytes: Count.meta({ description: "From this size on events go to the archive only" }),
      max_bytes: Count,
    }),
    budgets: z
      .array(z.object({ site: z.string(), spent_bytes: Count, budget_bytes: Count }))
      .meta({ description: "What sites have spent today (UTC), those that have spent most of their budget first" }),
  }),
});

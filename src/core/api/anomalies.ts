import * as z from "zod";
import { SiteName, wholeNumber } from "../../protocol/values";
import { Time } from "./analytics";
import { LIST_DEFAULT, LIST_MAX } from "./limits";

/** `GET /analytics/anomalies` */
export const AnomaliesQuery = z.strictObject({
  from: Time.optional(),
  to: Time.optional(),
  site: SiteName.optional(),
  limit: wholeNumber(1, LIST_MAX).default(LIST_DEFAULT),
  cursor: z.string().max(512).optional(),
});

const At = z.int().meta({ description: "Epoch milliseconds" });

const Anomaly = z.object({
  kind: z.enum(["traffic_spike", "submission_drop", "vpn_ratio", "completeness_drop", "dead_letters"]),
  site: z.string().nullable().meta({ description: "Null: all sites together" }),
  at: At.meta({ description: "Start of the hour that deviates most, epoch ms" }),
  from: At,
  to: At,
  hours: z.int().meta({ description: "Hours added up for the value; the last of them is the one at `at`" }),
  value: z.number(),
  median: z.number().meta({ description: "Of the same hour of the weeks before" }),
  mad: z.number().meta({ description: "Median absolute deviation of those weeks" }),
  deviation: z.number().meta({ description: "MADs off, at least as large ones as chance alone makes" }),
  samples: z.int().meta({ description: "Weeks compared with" }),
});

export const AnomaliesBody = z.object({
  data: z.array(Anomaly),
  next_cursor: z.string().nullable(),
  period: z.object({ from: At, to: At }),
});

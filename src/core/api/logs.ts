import * as z from "zod";
import { isoDay, SiteName } from "../../protocol/values";

/** `GET /analytics/logs`: one bounded step through the archive's logs; `npm run backtest` asks until it is done. */
export const LogsQuery = z
  .strictObject({
    from: isoDay.meta({ description: "First day, of the sessions' starts, UTC" }),
    to: isoDay.meta({ description: "Last day, included" }),
    site: SiteName.optional(),
    after: z.string().max(256).optional().meta({ description: "`next` of the step before" }),
  })
  .refine(({ from, to }) => from <= to, { path: ["from"], message: "must not be after to" });

import * as z from "zod";
import { isoDay } from "../../protocol/values";

/** `POST /analytics/rebuild`: one bounded step; `npm run rebuild` asks until it is done. */
export const RebuildInput = z
  .strictObject({
    from: isoDay.meta({ description: "First day, of the sessions' starts, UTC" }),
    to: isoDay.meta({ description: "Last day, included" }),
    after: z.string().max(256).nullish().meta({ description: "`next` of the step before" }),
  })
  .refine(({ from, to }) => from <= to, { path: ["from"], message: "must not be after to" });

const Count = z.int().min(0);

export const RebuildBody = z.object({
  data: z.object({
    sessions: Count,
    events: Count,
    quarantined: Count,
    fingerprints: Count.meta({ description: "Fingerprints met, whose rows have been written again" }),
    ahead: Count.meta({ description: "Sessions D1 has as of a later entry than the archive: left as they are" }),
    incomplete: Count.meta({ description: "Sessions whose archive lacks its beginning: not written" }),
    next: z.string().nullable(),
  }),
});

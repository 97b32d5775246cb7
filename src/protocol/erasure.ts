import * as z from "zod";
import { SiteName } from "./fields";

/** `DELETE /analytics/visitors/:id` */
export const ErasureQuery = z.strictObject({
  site: SiteName.optional().meta({ description: "Absent: on every site" }),
  keep_leads: z.enum(["legal_hold"]).optional().meta({ description: "Leads stay: a duty to keep them goes before" }),
});

/** `GET /analytics/visitors/:id/export` */
export const PersonQuery = z.strictObject({ site: SiteName.optional() });

const Count = z.int().min(0);

export const ErasureCounts = z.object({
  d1: z.object({ sessions: Count, events: Count, leads: Count, deliveries: Count }),
  r2: z.object({ objects: Count, bytes: Count }),
  actors: z
    .object({ sessions: Count, identities: Count, leads: Count })
    .meta({ description: "Actors whose own storage, and counters in KV, were erased" }),
});
export type ErasureCounts = z.infer<typeof ErasureCounts>;

/** The receipt. */
export const Erasure = z.object({
  erasure_id: z.uuid(),
  status: z.enum(["working", "complete"]),
  requested_at: z.int(),
  completed_at: z.int().nullable(),
  keep_leads: z.boolean(),
  counts: ErasureCounts,
});
export type Erasure = z.infer<typeof Erasure>;

export const ErasureBody = z.object({ data: Erasure });

const Bag = z.record(z.string(), z.unknown());
export const PersonBody = z.object({
  data: z.object({
    visitor_id: z.string(),
    sessions: z.array(
      z.object({ session_id: z.string(), session: Bag.nullable(), identity: z.array(Bag), entries: z.array(Bag) }),
    ),
    leads: z.array(Bag),
  }),
});

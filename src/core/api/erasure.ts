import * as z from "zod";
import { EMAIL_MAX_UNITS, PHONE_MAX_UNITS } from "../../limits";
import { SiteName } from "../../protocol/values";

/** `DELETE /analytics/visitors/:id` */
export const ErasureQuery = z.strictObject({
  site: SiteName.optional().meta({ description: "Absent: on every site" }),
  keep_leads: z.enum(["legal_hold"]).optional().meta({ description: "Leads stay: a duty to keep them goes before" }),
});

/** `GET, DELETE /analytics/people`. The route takes exactly one of `email` and `phone`. */
export const PeopleQuery = z.strictObject({
  email: z.string().max(EMAIL_MAX_UNITS).optional().meta({ description: "An address; case does not matter" }),
  phone: z
    .string()
    .max(PHONE_MAX_UNITS)
    .optional()
    .meta({ description: "With its country (+49 30 901820), or as a form kept it that could not place it" }),
  site: SiteName.optional().meta({ description: "Absent: on every site" }),
});
export type PeopleQuery = z.infer<typeof PeopleQuery>;

/** `GET /analytics/visitors/:id/export` */
export const PersonQuery = z.strictObject({ site: SiteName.optional() });

const Count = z.int().min(0);

export const ErasureCounts = z.object({
  d1: z.object({ sessions: Count, events: Count, leads: Count, deliveries: Count }),
  r2: z.object({ objects: Count, bytes: Count }),
  actors: z
    .object({ sessions: Count, identities: Count, leads: Count })
    .meta({ description: "Actors whose own storage, and counters in KV, were erased" }),
  unlinked: z.object({ sessions: Count, leads: Count }).optional().meta({
    description:
      "What named the visitor without showing that it was them: it stays. A session names nobody any more; a lead claims nobody any more, and keeps its name, email and phone: erase it by those (`/analytics/people`). Absent in receipts of before there was proof",
  }),
  unproven: Count.optional().meta({
    description: "Of the erased sessions those whose visitor id nobody can prove: any but a UUID of version 8",
  }),
});
export type ErasureCounts = z.infer<typeof ErasureCounts>;

/** The receipt of an erasure. */
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
const LeadOfPerson = z.object({
  lead: Bag.nullable().meta({ description: "As in the list of leads; null if it was erased meanwhile" }),
  submissions: z.array(Bag).meta({ description: "Every submit, oldest first" }),
});
const SessionOfPerson = z.object({
  session_id: z.string(),
  session: Bag.nullable(),
  identity: z.array(Bag),
  entries: z.array(Bag),
});
const sessions = z.array(SessionOfPerson);
const leads = z.array(LeadOfPerson);
export const PersonBody = z.object({
  data: z.object({
    visitor_id: z.string(),
    sessions,
    leads,
    unproven: z.object({ sessions, leads }).meta({
      description:
        "What names the visitor without showing that it is them: anybody may have sent it. Of an id that is no UUID of version 8, everything",
    }),
  }),
});
export const PeopleBody = z.object({ data: z.object({ leads }) });

import * as z from "zod";
import { MAX_ID_UNITS, REDELIVER_MAX } from "../../limits";
import { SiteName, wholeNumber } from "../../protocol/values";
import { EMAIL_CLASSES } from "../leads/lead";
import { LABELS } from "../scoring/ledger";
import { Time } from "./analytics";
import { ListQuery } from "./list";

/** Queries and answers of `/analytics/leads` and `/analytics/deliveries`. */

const Score = wholeNumber(0, 100);
const text = z.string().max(256);
const range = { from: Time.optional(), to: Time.optional(), site: SiteName.optional() };

/** `GET /analytics/leads`. Times are of the lead's creation. */
export const LeadsQuery = z.strictObject({
  ...range,
  project: text.optional(),
  source: text.optional(),
  status: text.optional(),
  label: z.enum(LABELS).optional(),
  session_id: z.string().max(64).optional(),
  q: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: "In name, email, phone or message of any submit; case and marks of letters do not matter" }),
  min_engagement: Score.optional(),
  max_engagement: Score.optional(),
  min_bot: Score.optional(),
  max_bot: Score.optional(),
  min_vpn: Score.optional(),
  max_vpn: Score.optional(),
  min_risk: Score.optional(),
  max_risk: Score.optional(),
  ...ListQuery.shape,
});
export type LeadsQuery = z.infer<typeof LeadsQuery>;

/** `GET /analytics/leads/projects` and `/sources` */
export const LeadValuesQuery = z.strictObject(range);
export type LeadValuesQuery = z.infer<typeof LeadValuesQuery>;

const DeliveryStateName = z.enum(["pending", "delivered", "dead"]);

/** `GET /analytics/deliveries`. Times are of the delivery's creation. */
export const DeliveriesQuery = z.strictObject({
  ...range,
  state: DeliveryStateName.optional(),
  endpoint: z.string().max(32).optional(),
  lead_id: z.string().max(64).optional(),
  ...ListQuery.shape,
});
export type DeliveriesQuery = z.infer<typeof DeliveriesQuery>;

/** `POST /analytics/deliveries/redeliver`: the deliveries named by `ids`, or the oldest dead ones. */
export const RedeliverInput = z.union([
  z.strictObject({ ids: z.array(z.string().min(1).max(MAX_ID_UNITS)).min(1).max(REDELIVER_MAX) }),
  z.strictObject({ state: z.literal("dead"), site: SiteName, endpoint: z.string().max(32).optional() }),
]);
export type RedeliverInput = z.infer<typeof RedeliverInput>;

const When = z.int().meta({ description: "Epoch milliseconds" });
const Text = z.string().nullable();
const Count = z.int().min(0);
const Bag = z.record(z.string(), z.unknown());
const Points = z.number().nullable();

export const LeadAnswer = z.looseObject({
  lead_id: z.uuid(),
  site: z.string(),
  status: z.string().meta({ description: "open, spam (a honeypot's catch), or what the CRM said last" }),
  created_at: When,
  opened_at: When,
  last_submission_at: When,
  submissions: Count,
  name: Text,
  email: Text,
  email_class: z.enum(EMAIL_CLASSES).nullable().meta({ description: "docs/leads.md says what each means" }),
  phone: Text,
  message: Text,
  project: Text,
  location: Text,
  team: Text,
  source: Text,
  keyword: Text,
  country_code: Text,
  fields: Bag,
  session_id: Text,
  visitor_id: Text,
  label: Text,
  scores: z.object({ engagement: Points, bot: Points, vpn: Points, risk: Points }),
  evidence: Bag,
  crm_id: Text,
  crm_at: When.nullable(),
});

export type LeadAnswer = z.infer<typeof LeadAnswer>;

export const DeliveryAnswer = z.object({
  delivery_id: z.string(),
  site: z.string(),
  lead_id: Text,
  endpoint_id: z.string(),
  type: z.string(),
  seq: z.int(),
  state: DeliveryStateName,
  attempts: Count,
  created_at: When,
  updated_at: When,
  next_at: When.nullable(),
  delivered_at: When.nullable(),
  status: z.int().nullable().meta({ description: "HTTP status of the last answer" }),
  reason: Text,
  response: Text.meta({ description: "First bytes of the last refusal" }),
});
export type DeliveryAnswer = z.infer<typeof DeliveryAnswer>;

const SubmissionAnswer = z.looseObject({
  submission_id: z.string(),
  received_at: When,
  outcome: z.string(),
  session_id: Text,
  guest: z
    .boolean()
    .meta({ description: "It named the lead's email or phone, and nothing shows that it is the same person" }),
  contact: Bag,
  evidence: Bag,
});

export const LeadsPage = z.object({ data: z.array(LeadAnswer), next_cursor: Text });
export const DeliveriesPage = z.object({ data: z.array(DeliveryAnswer), next_cursor: Text });
export const LeadBodyWhole = z.object({
  data: LeadAnswer.extend({
    history: z.array(SubmissionAnswer),
    deliveries: z.array(DeliveryAnswer),
    session: Bag.nullable(),
    events: z.array(Bag),
  }),
});
export type LeadBodyWhole = z.infer<typeof LeadBodyWhole>;
export const ValuesBody = z.object({
  data: z.array(z.object({ value: z.string(), leads: Count, last_at: When })),
  next_cursor: z.null(),
});
export const RedeliveredBody = z.object({
  data: z.object({ redelivered: z.array(z.string()), unknown: z.array(z.string()) }),
});
export const CallbackBody = z.object({ lead_id: z.uuid(), crm_id: Text, status: z.string() });

import * as z from "zod";
import { EMAIL_MAX_UNITS, LEAD_MAX_FIELD_NAME_UNITS, LEAD_MAX_FIELDS, MAX_URL_UNITS, PHONE_MAX_UNITS } from "../limits";
import { ClientId, SessionId, SiteName } from "./values";

/** Names, projects, places: the longest real ones have a few hundred characters. */
export const LEAD_MAX_SHORT_UNITS = 1_000;
/** Free text: two pages of it. */
export const LEAD_MAX_TEXT_UNITS = 10_000;
/** How many values a field may have that is sent several times, such as checkboxes. */
export const LEAD_MAX_VALUES = 50;

/** The bodies of the public lead routes. */

const short = z.string().max(LEAD_MAX_SHORT_UNITS);
const Scalar = z.union([z.string().max(LEAD_MAX_TEXT_UNITS), z.number(), z.boolean(), z.null()]);
export const FieldValue = z.union([Scalar, z.array(Scalar).max(LEAD_MAX_VALUES)]);
export type FieldValue = z.infer<typeof FieldValue>;

/**
 * A lead's body after its field names have been read (`src/core/leads/names.ts`): senders may write them in any case and common
 * spelling. Text stays as it came.
 */
export const LeadInput = z.object({
  site: SiteName.optional(),
  session_id: SessionId.optional(),
  session_key: z.string().max(256).optional(),
  visitor_id: ClientId.optional(),
  /** Names the submit, so that a retry counts once. A form makes it when it is filled in. */
  submission_id: z.string().min(1).max(256).optional(),
  name: short.optional(),
  first_name: short.optional(),
  last_name: short.optional(),
  email: z.string().max(EMAIL_MAX_UNITS).optional(),
  phone: z.string().max(PHONE_MAX_UNITS).optional(),
  message: z.string().max(LEAD_MAX_TEXT_UNITS).optional(),
  project: short.optional(),
  location: short.optional(),
  team: short.optional(),
  source: short.optional(),
  keyword: short.optional(),
  country_code: z.string().max(64).optional(),
  redirect: z.string().max(MAX_URL_UNITS).optional(),
  fields: z
    .record(z.string().max(LEAD_MAX_FIELD_NAME_UNITS), FieldValue)
    .refine((fields) => Object.keys(fields).length <= LEAD_MAX_FIELDS, `at most ${LEAD_MAX_FIELDS} fields`)
    .default({}),
});
export type LeadInput = z.infer<typeof LeadInput>;

export const LeadBody = z.object({ lead_id: z.uuid(), status: z.enum(["accepted", "merged"]) });

/** `POST /lead/callback`: the CRM's id and status of a lead. */
export const CallbackInput = z.object({
  lead_id: SessionId,
  crm_id: z.string().min(1).max(256).nullish(),
  status: z.string().min(1).max(64),
});
export type CallbackInput = z.infer<typeof CallbackInput>;

import { ErasureBody } from "../../../core/api/erasure";
import {
  CallbackBody,
  DeliveriesPage,
  DeliveriesQuery,
  LeadBodyWhole,
  LeadsPage,
  LeadsQuery,
  LeadValuesQuery,
  RedeliveredBody,
  RedeliverInput,
  ValuesBody,
} from "../../../core/api/leads";
import { ShownForm } from "../../../protocol/form";
import { CallbackInput, LeadBody, LeadInput } from "../../../protocol/lead";
import type { Operations } from "../operation";

export const leadOperations: Operations = {
  "POST /lead": {
    summary: "Take a lead",
    description:
      "JSON, urlencoded, multipart or text/plain JSON. Names of fields may come in any case and common spelling; what is " +
      "none of these goes under `fields`. An email address or a phone number is needed. The lead is durable when this " +
      "answers. Sent again within 24 h with the same `Idempotency-Key` (or `submission_id`), email, phone, name and message " +
      "it counts once. A plain HTML form is answered with 303 to its `redirect`, if the site allows that host.",
    body: LeadInput,
    answer: LeadBody,
    status: 202,
    problems: ["invalid_query", "key_required", "scope_missing", "origin_not_allowed", "rate_limited", "unavailable"],
    example: {
      body: { name: "Anna Ødegård", email: "anna@shop.example", phone: "+4930901820", message: "Please call me." },
    },
  },
  "POST /lead/callback": {
    summary: "The CRM's id and status of a lead",
    description:
      "Signed as Standard Webhooks says (`webhook-id`, `webhook-timestamp`, `webhook-signature`), with a secret of one of " +
      "the site's endpoints. An older word, by its timestamp, does not take a newer one's place.",
    body: CallbackInput,
    answer: CallbackBody,
    problems: ["signature_invalid", "rate_limited", "unavailable"],
    // The body is signed, so its content type does not matter.
    without: ["unsupported_type"],
  },
  "GET /lead/forms/:site/:name": {
    summary: "A form's definition, as form.js shows it",
    description: "Public, for pages of any origin; with an ETag. Forms are defined in the site's settings.",
    answer: ShownForm,
    problems: ["not_found", "rate_limited", "unavailable"],
  },
  "GET /analytics/leads": {
    summary: "Leads, newest first",
    description: "What a honeypot caught is shown with `status=spam` only, and counts nowhere.",
    query: LeadsQuery,
    answer: LeadsPage,
    exported: true,
    keyed: true,
    example: { query: { limit: "10" } },
  },
  "GET /analytics/leads/projects": {
    summary: "The projects of a period's leads, the most frequent first",
    query: LeadValuesQuery,
    answer: ValuesBody,
    exported: true,
    keyed: true,
    example: {},
  },
  "GET /analytics/leads/sources": {
    summary: "The sources of a period's leads, the most frequent first",
    query: LeadValuesQuery,
    answer: ValuesBody,
    exported: true,
    keyed: true,
    example: {},
  },
  "GET /analytics/leads/:id": {
    summary: "One lead, with its submits, its deliveries, and its session's activity",
    answer: LeadBodyWhole,
    keyed: true,
    problems: ["not_found"],
  },
  "DELETE /analytics/leads/:id": {
    summary: "Erase one lead, with its submits, deliveries and actors",
    description:
      "By its id, or by that of a submit that merged into it; of a guest only its own submit. 200 when it is done; 202 while it goes on by itself: ask for the receipt.",
    answer: ErasureBody,
    keyed: true,
    problems: ["not_found", "unavailable"],
  },
  "GET /analytics/deliveries": {
    summary: "Webhook deliveries, newest first; state=dead are the dead letters",
    query: DeliveriesQuery,
    answer: DeliveriesPage,
    exported: true,
    keyed: true,
    example: { query: { state: "dead" } },
  },
  "POST /analytics/deliveries/redeliver": {
    summary: "Try deliveries again: those named, or a site's 100 oldest dead letters",
    description: "They go out under the ids they had. An endpoint that was disabled or left alone is taken up again.",
    body: RedeliverInput,
    answer: RedeliveredBody,
    keyed: true,
    problems: ["unavailable"],
    example: { body: { state: "dead", site: "default" } },
  },
  "POST /analytics/deliveries/:id/redeliver": {
    summary: "Try one delivery again",
    answer: RedeliveredBody,
    keyed: true,
    problems: ["not_found", "unavailable"],
  },
};

import { LeadBody, LeadInput } from "../../protocol/lead";
import type { Operations } from "../operation";

export const leadOperations: Operations = {
  "POST /lead": {
    summary: "Take a lead",
    description:
      "JSON, urlencoded, multipart or text/plain JSON. Names of fields may come in any case and common spelling; what is " +
      "none of these goes under `fields`. An email address or a phone number is needed. The lead is durable when this " +
      "answers. Sent again with the same `Idempotency-Key` (or `submission_id`) it counts once. A plain HTML form is " +
      "answered with 303 to its `redirect`, if the site allows that host.",
    body: LeadInput,
    answer: LeadBody,
    status: 202,
    problems: ["invalid_query", "key_required", "scope_missing", "origin_not_allowed", "rate_limited", "unavailable"],
    example: {
      body: { name: "Anna Ødegård", email: "anna@shop.example", phone: "+4930901820", message: "Please call me." },
    },
  },
};

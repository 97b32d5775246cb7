import * as z from "zod";
import { readInstant } from "../../protocol/instant";
import { ClientId, wholeNumber } from "../../protocol/values";
import { Bots, filterFields } from "./filter";
import { DEFAULT_RANGE_MS, LIST_DEFAULT, LIST_MAX } from "./limits";

/** Epoch milliseconds, or ISO 8601. */
export const Time = z.string().transform((text, context) => {
  const time = readInstant(text);
  if (time !== null) return time;
  context.addIssue({ code: "custom", message: "must be epoch milliseconds or ISO 8601, from 1970 to 9999" });
  return z.NEVER;
});

const limit = wholeNumber(1, LIST_MAX).default(LIST_DEFAULT);
const cursor = z.string().max(512);

/** `GET /analytics/sessions`. An unknown parameter is an error, because a misspelt filter would otherwise match every session. */
export const SessionsQuery = z.strictObject({
  from: Time.optional(),
  to: Time.optional(),
  visitor_id: ClientId.optional(),
  fingerprint_id: ClientId.optional(),
  ...filterFields,
  bots: Bots.default("include"),
  limit,
  cursor: cursor.optional(),
});
export type SessionsQuery = z.infer<typeof SessionsQuery>;

/** `GET /analytics/sessions/:id/events` */
export const EventsQuery = z.strictObject({ limit, cursor: cursor.optional() });

/** Paths that take no parameter at all. */
export const NoQuery = z.strictObject({});

export const TicketInput = z.strictObject({
  path: z.string().max(256).meta({ description: "Path of the stream, e.g. /analytics/sessions/…/stream" }),
});

/** The half-open range [from, to) in epoch ms; the last seven days unless asked otherwise. */
export function rangeOf(
  query: { from?: number | undefined; to?: number | undefined },
  now: number,
): { from: number; to: number } {
  const to = query.to ?? now + 1;
  return { from: query.from ?? to - DEFAULT_RANGE_MS, to };
}

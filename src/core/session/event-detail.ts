import type { EventInput } from "../../protocol/events";

/** Fields of an event that every store keeps apart from the others. */
type OwnField = "event_type" | "timestamp" | "page" | "element";

/** The other fields of an event, only those that were sent: a new field of `EventInput` is one of them. */
export type EventDetail = { [Field in Exclude<keyof EventInput, OwnField>]?: NonNullable<EventInput[Field]> };

/** The same fields, null or undefined where one was not sent. */
export type DetailParts = { [Field in keyof EventDetail]?: EventDetail[Field] | null | undefined };

/** The order in which they are stored. */
const FIELDS: Readonly<Record<keyof EventDetail, true>> = { x: true, y: true, scroll_percent: true, data: true };
const NAMES = Object.keys(FIELDS) as (keyof EventDetail)[];

/** The detail of an event; null if nothing of it was sent. */
export function detailOf(event: DetailParts): EventDetail | null {
  const sent = NAMES.flatMap((name) => (event[name] == null ? [] : [[name, event[name]] as const]));
  return sent.length > 0 ? Object.fromEntries(sent) : null;
}

/** A detail as the API shows it: each field, null where it was not sent. */
export function shownDetail({ x, y, scroll_percent, data }: EventDetail): ShownDetail {
  return { x: x ?? null, y: y ?? null, scroll_percent: scroll_percent ?? null, data: data ?? null };
}

type ShownDetail = { [Field in keyof Required<EventDetail>]: NonNullable<EventDetail[Field]> | null };

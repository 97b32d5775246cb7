import * as z from "zod";
import { MAX_COORDINATE, MAX_ELEMENT_UNITS, MAX_NAME_UNITS, MAX_TRAITS, MAX_TRAITS_UNITS } from "../limits";
import { type EventName, isEventName, readName } from "./event-name";
import { type Checks, isNumber, isPlain, isText } from "./plain";
import type { Parsed, Refusal } from "./text";
import { ClientTime, HttpUrl, isHttpUrl } from "./values";

export { BUILT_IN_TYPES } from "./types";

const NAME = `1 to ${MAX_NAME_UNITS} characters (UTF-16 units, once trimmed and in NFC), none of them a control character`;

export const EventInput = z.object({
  event_type: z
    .string()
    .refine(isEventName, `must have ${NAME}`)
    .meta({ description: `A type, \`[a-z][a-z0-9_.]*\`, or any other name; ${NAME}`, minLength: 1 }),
  timestamp: ClientTime.nullish(),
  page: HttpUrl.nullish(),
  x: z.number().min(-MAX_COORDINATE).max(MAX_COORDINATE).nullish(),
  y: z.number().min(-MAX_COORDINATE).max(MAX_COORDINATE).nullish(),
  element: z.string().max(MAX_ELEMENT_UNITS).nullish(),
  scroll_percent: z.number().min(0).max(100).nullish(),
  data: z.record(z.string(), z.unknown()).nullish(),
});
export type EventInput = z.infer<typeof EventInput>;

/** An event whose type is a slug, with the free name that the slug was made from. */
export type NamedEvent = Omit<EventInput, "event_type"> & EventName;

/** An event that is refused by itself. The rest of its batch is taken. */
export interface RejectedEvent {
  /** Position in the batch, from 0. */
  index: number;
  code: string;
  detail: string;
}

export function describe(error: z.ZodError): { path: string; message: string }[] {
  return error.issues.slice(0, 20).map((issue) => ({ path: issue.path.join("."), message: issue.message }));
}

const CHECKS = {
  event_type: (value) => typeof value === "string" && isEventName(value),
  timestamp: (value) => isNumber(value, -Number.MAX_VALUE, Number.MAX_VALUE),
  page: (value) => isText(value, isHttpUrl),
  x: (value) => isNumber(value, -MAX_COORDINATE, MAX_COORDINATE),
  y: (value) => isNumber(value, -MAX_COORDINATE, MAX_COORDINATE),
  element: (value) => isText(value, (text) => text.length <= MAX_ELEMENT_UNITS),
  scroll_percent: (value) => isNumber(value, 0, 100),
  // JSON can hold a key `__proto__`. Such data goes to the schema, which drops the key.
  data: (value) =>
    value == null || (typeof value === "object" && !Array.isArray(value) && !Object.hasOwn(value, "__proto__")),
} satisfies Record<keyof EventInput, Checks[string]>;
const REQUIRED = ["event_type"];

export const isPlainEvent = (raw: unknown): raw is EventInput => isPlain(raw, CHECKS, REQUIRED);

export function parseEvent(raw: unknown): Parsed<NamedEvent> {
  if (isPlainEvent(raw)) return withinTraits(named(raw));
  const parsed = EventInput.safeParse(raw);
  if (!parsed.success) {
    const errors = describe(parsed.error);
    const first = errors[0];
    return { ok: false, refusal: { code: "invalid_event", detail: `${first?.path || "event"}: ${first?.message}` } };
  }
  return withinTraits(named(parsed.data));
}

/** The event with its slug. Nearly all come with a slug, and stay the same object. */
function named(event: EventInput): NamedEvent {
  const name = readName(event.event_type);
  return name.event_type === event.event_type ? event : { ...event, ...name };
}

function withinTraits(event: NamedEvent): Parsed<NamedEvent> {
  const refusal = event.event_type === "identify" ? traitsRefusal(event.data ?? {}) : null;
  return refusal ? { ok: false, refusal } : { ok: true, value: event };
}

function traitsRefusal(traits: Record<string, unknown>): Refusal | null {
  if (Object.keys(traits).length <= MAX_TRAITS && JSON.stringify(traits).length <= MAX_TRAITS_UNITS) return null;
  const detail = `data: at most ${MAX_TRAITS} traits in ${MAX_TRAITS_UNITS} characters of JSON`;
  return { code: "traits_too_large", detail };
}

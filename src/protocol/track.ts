import * as z from "zod";
import { MAX_AGENT_UNITS, MAX_BATCH_EVENTS, MAX_GONE_RANGES, MAX_NUMBER, MAX_SIGNALS } from "../limits";
import { describe, EventInput, type NamedEvent, parseEvent, type RejectedEvent } from "./events";
import { type Checks, isNumber, isPlain, isText } from "./plain";
import { cleanText, type Parsed } from "./text";
import {
  ClientId,
  ClientTime,
  Consent,
  EventNumber,
  HttpUrl,
  isSessionId,
  isSiteName,
  isStreamName,
  Referrer,
  SessionId,
  SessionKey,
  SharedDomain,
  SiteName,
  StreamName,
  VisitorProof,
  VisitorSecret,
} from "./values";

/** The bodies of the tracking routes and of WebSocket frames. */

const short = z.string().max(256).nullish();
const figure = z.number().min(0).max(1_000_000).nullish();

/** Cut like the header: the page cannot help the length of its browser's name, so the start is not refused. */
const UserAgent = z.string().overwrite((text) => cleanText(text.slice(0, MAX_AGENT_UNITS)));

export const DeviceInfo = z.object({
  user_agent: UserAgent.nullish(),
  language: short,
  languages: z.array(z.string().max(64)).max(16).nullish(),
  platform: short,
  timezone: short,
  hardware_concurrency: figure,
  device_memory: figure,
});
export type DeviceInfo = z.infer<typeof DeviceInfo>;

export const Screen = z.object({ width: figure, height: figure, color_depth: figure, pixel_ratio: figure });
export type Screen = z.infer<typeof Screen>;

/** Signs of automation that the page found, by name: a flag, a number or a short text. */
export const Signals = z
  .record(z.string().max(64), z.union([z.boolean(), z.number(), z.string().max(256), z.null()]))
  .refine((signals) => Object.keys(signals).length <= MAX_SIGNALS, `at most ${MAX_SIGNALS} signals`);
export type Signals = z.infer<typeof Signals>;

export const StartInput = z.object({
  page: HttpUrl,
  site: SiteName.nullish(),
  session_id: SessionId.nullish(),
  fingerprint_id: ClientId.nullish(),
  visitor_id: ClientId.nullish().meta({ description: "Beside a `visitor_secret`: the id that the device had before" }),
  visitor_secret: VisitorSecret.nullish(),
  domain: SharedDomain.nullish().meta({
    description: "Of the page's host: asks for a `visitor_proof`, or says where the one that it brings holds",
  }),
  visitor_proof: VisitorProof.nullish().meta({ description: "Of the `visitor_id`, from another host of the `domain`" }),
  referrer: Referrer.nullish(),
  device_info: DeviceInfo.nullish(),
  screen: Screen.nullish(),
  signals: Signals.nullish(),
  consent: Consent.nullish(),
  session_key: SessionKey.nullish(),
});
export type StartInput = z.infer<typeof StartInput>;

export const EndInput = z.object({
  session_id: SessionId,
  site: SiteName.nullish(),
  exit_page: HttpUrl.nullish(),
  timestamp: ClientTime.nullish(),
  /** When it was sent, by the same clock. If the end is part of a batch, the batch's time counts. */
  sent_at: ClientTime.nullish(),
  session_key: SessionKey.nullish(),
});
export type EndInput = z.infer<typeof EndInput>;

/** An `end` in a batch need not name the session again. */
const BatchEnd = EndInput.partial({ session_id: true });
export type EndPart = z.infer<typeof BatchEnd>;

const NumberRange = z
  .tuple([EventNumber, EventNumber])
  .refine(([from, to]) => from <= to, "must run upwards")
  // JSON Schema cannot say that both bounds are included, so the description does.
  .meta({ description: "First and last number of a range, both included." });

const envelope = {
  session_id: SessionId,
  site: SiteName.nullish(),
  stream: StreamName.nullish(),
  first: EventNumber.nullish(),
  sent_at: ClientTime.nullish(),
  gone: z.array(NumberRange).max(MAX_GONE_RANGES).nullish(),
  start: StartInput.nullish(),
  end: BatchEnd.nullish(),
  session_key: SessionKey.nullish(),
};

export const Envelope = z.object({ ...envelope, events: z.array(z.unknown()).min(1).max(MAX_BATCH_EVENTS) });

/** A batch in the API's document. In fact the envelope is checked as a whole, and each event by itself. */
export const BatchInput = z.object({ ...envelope, events: z.array(EventInput).min(1).max(MAX_BATCH_EVENTS) });

/** One event inline: the envelope's fields and the event's in one object. */
export const SingleInput = z.object({ ...envelope, ...EventInput.shape });

/** A batch with a valid envelope and at least one valid event. */
export interface Batch extends Omit<Envelope, "events"> {
  /** In the order sent. Null for an event that `rejected` names. */
  events: (NamedEvent | null)[];
  rejected: RejectedEvent[];
}

/** A WebSocket frame that ends the session. Other frames are batches, or `"ping"`. */
export const EndFrame = z.object({ t: z.literal("end"), ...EndInput.partial().shape });
export const FrameId = z.union([z.string().max(64), z.number()]).nullish();

export function parseWith<T>(schema: z.ZodType<T>, raw: unknown): Parsed<T> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return { ok: true, value: parsed.data };
  const errors = describe(parsed.error);
  const first = errors[0];
  const detail = first ? `${first.path || "body"}: ${first.message}` : "The body does not fit its schema.";
  return { ok: false, refusal: { code: "invalid_body", detail, errors } };
}

const invalid = (path: string, message: string): Parsed<never> => ({
  ok: false,
  refusal: { code: "invalid_body", detail: `${path}: ${message}`, errors: [{ path, message }] },
});

/** The fields that most envelopes have. One with a start, an end, gaps or a key goes to the schema. */
const CHECKS: Checks = {
  session_id: (value) => typeof value === "string" && isSessionId(value),
  site: (value) => isText(value, isSiteName),
  stream: (value) => isText(value, isStreamName),
  first: (value) => value == null || (Number.isInteger(value) && isNumber(value, 1, MAX_NUMBER)),
  sent_at: (value) => isNumber(value, -Number.MAX_VALUE, Number.MAX_VALUE),
  events: (value) => Array.isArray(value) && value.length >= 1 && value.length <= MAX_BATCH_EVENTS,
};
const REQUIRED = ["session_id", "events"];

type Envelope = z.infer<typeof Envelope>;

export const isPlainEnvelope = (raw: unknown): raw is Envelope => isPlain(raw, CHECKS, REQUIRED);

/** Checks a batch: the envelope as a whole, and each event by itself. */
export function parseBatch(raw: unknown): Parsed<Batch> {
  const parsed: Parsed<Envelope> = isPlainEnvelope(raw) ? { ok: true, value: raw } : parseWith(Envelope, raw);
  if (!parsed.ok) return parsed;
  const { events: raws, ...rest } = parsed.value;
  if ((rest.stream == null) !== (rest.first == null)) return invalid("first", "stream and first come together");
  if (rest.gone?.length && rest.stream == null) return invalid("gone", "needs a stream");
  for (const part of ["start", "end"] as const) {
    const id = rest[part]?.session_id;
    if (id != null && id !== rest.session_id) return invalid(`${part}.session_id`, "differs from session_id");
  }
  return judgeEvents(rest, raws);
}

function judgeEvents(rest: Omit<Envelope, "events">, raws: unknown[]): Parsed<Batch> {
  const rejected: RejectedEvent[] = [];
  const events = raws.map((raw, index) => {
    const event = parseEvent(raw);
    if (event.ok) return event.value;
    rejected.push({ index, code: event.refusal.code, detail: event.refusal.detail });
    return null;
  });
  if (rejected.length === raws.length) {
    const errors = rejected.slice(0, 20).map((r) => ({ path: `events.${r.index}`, message: r.detail }));
    return { ok: false, refusal: { code: "no_valid_event", detail: "None of the events is valid.", errors } };
  }
  return { ok: true, value: { ...rest, events, rejected } };
}

/** `POST /track/event`: the same as a batch of one. */
export function parseSingle(raw: unknown): Parsed<Batch> {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return invalid("body", "must be an object");
  const fields = Object.entries(raw);
  // Entries, because a key may be `__proto__`.
  const event = Object.fromEntries(fields.filter(([name]) => isEventField(name)));
  const rest = Object.fromEntries(fields.filter(([name]) => !isEventField(name)));
  return parseBatch({ ...rest, events: [event] });
}

const isEventField = (name: string): boolean => Object.hasOwn(EventInput.shape, name);

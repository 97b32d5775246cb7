import * as z from "zod";
import { ClientTime, EventNumber, SessionId, SessionKey, SiteName, StreamName } from "./values";

/** How many rrweb events a chunk may have: a page makes some 50 a second at most, and a chunk covers a minute at most. */
export const RECORDING_MAX_EVENTS = 10_000;

/** Recordings of pages (rrweb): a site's setting, what a page hears of it, and the chunks that it sends. */

/** Whether a recording shows the page's text. What people type is masked either way. */
const RecordedText = z.enum(["shown", "masked"]).default("shown");

/** `true` means `{ "mode": "always" }`. `score` records a session from 30 s before its score rises above `over`. */
export const RecordSetting = z
  .union([
    z.boolean(),
    z.strictObject({ mode: z.literal("always"), text: RecordedText }),
    z.strictObject({
      mode: z.literal("score"),
      score: z.enum(["risk", "engagement"]),
      over: z.int().min(0).max(99),
      text: RecordedText,
    }),
  ])
  .default(false);
export type RecordSetting = z.infer<typeof RecordSetting>;

/**
 * Sent with an ack while the session may be recorded: record, and send the recording or keep its last 30 s. It never tells a score
 * or a reason.
 */
export const RecordOrder = z.object({ send: z.boolean(), text: z.enum(["shown", "masked"]) });
export type RecordOrder = z.infer<typeof RecordOrder>;

/** At most 13 digits, as the time in an object's key has. */
const KeyTime = z.int().min(0).max(9_999_999_999_999);

const envelope = {
  session_id: SessionId,
  session_key: SessionKey.nullish(),
  site: SiteName.nullish(),
  stream: StreamName.meta({ description: "One per page load" }),
  number: EventNumber.meta({ description: "From 1; a chunk that is sent again has the number it had" }),
  at: KeyTime.meta({ description: "Time of its first event by the page's clock, epoch ms; the same when sent again" }),
  sent_at: ClientTime,
};

export const ChunkEnvelope = z.object({ ...envelope, events: z.array(z.unknown()).min(1).max(RECORDING_MAX_EVENTS) });
export type ChunkEnvelope = z.infer<typeof ChunkEnvelope>;

/** An event of rrweb. Only its outline is checked. */
export const RecordedEvent = z.looseObject({
  type: z.int().min(0).max(7),
  timestamp: z.number(),
  data: z.record(z.string(), z.unknown()),
});
export type RecordedEvent = z.infer<typeof RecordedEvent>;

/** A chunk in the API's document. {@link ChunkEnvelope} leaves the events to a check by hand. */
export const ChunkBody = ChunkEnvelope.extend({ events: z.array(RecordedEvent).min(1).max(RECORDING_MAX_EVENTS) });

export const RecordingBody = z.object({ data: z.array(RecordedEvent), next_cursor: z.null() });

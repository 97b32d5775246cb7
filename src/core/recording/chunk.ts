import { ChunkEnvelope, type RecordedEvent } from "../../protocol/recording";
import { type Parsed, parseJson } from "../../protocol/text";
import { parseWith } from "../../protocol/track";
import type { CallBudget } from "../budget/spending";
import { formReader, isFields, isFlag, isList, isNumber, isText, orAbsent, orNull, shaped } from "../stored";
import type { RecordRule } from "./rule";

/** Browsers nest elements 512 deep, and each is two levels of JSON. */
export const RECORDING_MAX_DEPTH = 1_200;

/** A chunk of a recording, on its way from the page to R2. */
export interface Chunk extends Omit<ChunkEnvelope, "events"> {
  events: RecordedEvent[];
}

/** Asks the session's actor to store a chunk. `v`: the Worker and the actor may be of two deploys. */
export interface ChunkCall {
  v: 1;
  session_id: string;
  site: string;
  gpc: boolean;
  /** SHA-256 of the session key that came with it, hex. */
  key_hash: string | null;
  rule: RecordRule;
  /** Absent where limits are lifted. */
  budget?: CallBudget;
  stream: string;
  number: number;
  at: number;
  sent_at: number;
  received_at: number;
}

export const readChunkCall = formReader<ChunkCall>({
  name: "chunk call",
  version: 1,
  shape: {
    session_id: isText,
    site: isText,
    gpc: isFlag,
    key_hash: orNull(isText),
    rule: shaped<RecordRule>({ above: orNull(isFields), text: isText }),
    budget: orAbsent(isFields),
    stream: isText,
    number: isNumber,
    at: isNumber,
    sent_at: isNumber,
    received_at: isNumber,
  },
});

/** A chunk as R2 has it, gzip. */
export interface StoredChunk {
  v: 1;
  session_id: string;
  stream: string;
  number: number;
  /** By the page's clock. */
  at: number;
  sent_at: number;
  received_at: number;
  events: RecordedEvent[];
}

export const readStoredChunk = formReader<StoredChunk>({
  name: "recorded chunk",
  version: 1,
  shape: { session_id: isText, stream: isText, number: isNumber, at: isNumber, events: isList },
});

/** Checks that a body is a chunk of rrweb events. What is in them is checked where they are shown. */
export function parseChunk(text: string): Parsed<Chunk> {
  const json = parseJson(text, RECORDING_MAX_DEPTH);
  if (!json.ok) return json;
  const parsed = parseWith(ChunkEnvelope, json.value);
  if (!parsed.ok) return parsed;
  const { events, ...rest } = parsed.value;
  const bad = events.findIndex((event) => !isRecorded(event));
  if (bad < 0) return { ok: true, value: { ...rest, events: events.filter(isRecorded) } };
  const error = { path: `events.${bad}`, message: "is no event of rrweb: type, timestamp, data" };
  return {
    ok: false,
    refusal: { code: "invalid_body", detail: `${error.path}: ${error.message}`, errors: [error] },
  };
}

/** Without a schema: there may be thousands of events, and a player needs only these fields. */
function isRecorded(event: unknown): event is RecordedEvent {
  if (typeof event !== "object" || event === null) return false;
  const { type, timestamp, data } = event as Partial<RecordedEvent>;
  const isKnown = Number.isInteger(type) && Number(type) >= 0 && Number(type) <= 7;
  return isKnown && Number.isFinite(timestamp) && typeof data === "object" && data !== null && !Array.isArray(data);
}

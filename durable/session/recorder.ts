import { ackOf, isSettled, isFull as isStreamsFull, isTooSparse, streamOf } from "../../src/core/delivery/streams";
import type { ChunkCall } from "../../src/core/recording/chunk";
import { isDue, isFull, orderOf, type RecordRule } from "../../src/core/recording/rule";
import { newRecording, type Recording, withChunk } from "../../src/core/recording/state";
import { isSameHash } from "../../src/core/same-hash";
import { Bucket } from "../../src/core/session/calls/bucket";
import { type ChunkResult, type Refused, refused } from "../../src/core/session/calls/result";
import { sessionPrefix } from "../../src/data/store/archive";
import { deleteChunk, putChunk } from "../../src/data/store/recordings";
import { OUTSIDE_TIMEOUT_MS, UNAVAILABLE_RETRY_SECONDS } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { errorField, type Logger } from "../../src/ops/logger";
import type { RecordOrder } from "../../src/protocol/recording";
import type { SessionMemory } from "./memory";

/** Chunks that a session may send at once (a page's first ones, or those held back by an outage), and per second after that. */
export const RECORDING_BURST = 20;
const RECORDING_PER_SECOND = 0.5;
/** Seconds after which a chunk may be sent again if its session was not ready: it had no event yet, or an erasure was under way. */
const RECORDING_RETRY_SECONDS = 10;

/** What the recorder needs of its session's actor. */
export interface RecorderHost {
  bucket: R2Bucket;
  /** The session as it is now; null once it is erased or forgotten. */
  memory(): SessionMemory | null;
  /** Writes the flush progress; a storage failure ends the instance. */
  save(memory: SessionMemory): void;
  isLifted: boolean;
  log: Logger;
}

/** A session's part in being recorded: what the page is told, and its chunks on their way to R2. */
export class Recorder {
  readonly #host: RecorderHost;
  readonly #bucket = new Bucket(RECORDING_BURST, RECORDING_PER_SECOND);
  readonly #writing = new Set<Promise<unknown>>();

  constructor(host: RecorderHost) {
    this.#host = host;
  }

  /** What the page hears with its ack. Once a score is over the site's threshold, that is written down. */
  order(memory: SessionMemory | null, rule: RecordRule | null | undefined, now: number): RecordOrder | null {
    if (!memory || !rule) return null;
    const { state, progress } = memory;
    const order = orderOf(rule, state, progress.recording);
    if (order?.send && rule.above && progress.recording?.since == null) {
      progress.recording = { ...(progress.recording ?? newRecording()), since: now };
      this.#host.save(memory);
    }
    return order;
  }

  /** Resolves when nothing is on its way to R2. */
  settled = async (): Promise<void> => void (await Promise.allSettled([...this.#writing]));

  /** Puts a chunk into R2, and acks it once it is there. Nothing of it is kept anywhere else. */
  async take(call: ChunkCall, body: ArrayBuffer, now: number): Promise<ChunkResult> {
    const memory = this.#host.memory();
    const refusal = memory ? this.#refusal(memory, call) : UNKNOWN;
    if (refusal || !memory) return refusal ?? UNKNOWN;
    const known = memory.progress.recording;
    const settled = known && streamOf(known.streams, call.stream);
    if (settled && isSettled(settled, call.number)) return { ok: true, ack: ackOf(call.stream, settled) };
    const wait = this.#host.isLifted ? 0 : this.#bucket.take(1, now);
    if (wait > 0) return refused("too_fast", "More chunks than a recording may send.", wait);
    // Written before the first object, so that an erasure knows that there may be some.
    if (!known) {
      memory.progress.recording = newRecording();
      this.#host.save(memory);
    }
    const put = putChunk(this.#host.bucket, sessionPrefix(call.session_id, memory.state.started_at), call, body);
    this.#writing.add(put);
    put.catch(() => {}).finally(() => this.#writing.delete(put));
    try {
      return await this.#note(memory, call, body.byteLength, await inTime(put, OUTSIDE_TIMEOUT_MS));
    } catch (error) {
      this.#host.log.warn("recording_failed", { error: errorField(error) });
      return refused("busy", "The recording could not be written just now.", UNAVAILABLE_RETRY_SECONDS);
    }
  }

  /** Notes the chunk after the put. If the session may not be recorded any more by now, the object is deleted again. */
  async #note(memory: SessionMemory, call: ChunkCall, bytes: number, key: string): Promise<ChunkResult> {
    const { recording } = memory.progress;
    const isOver = this.#host.memory() !== memory || !recording || isForbidden(memory, call, recording);
    if (isOver) {
      await deleteChunk(this.#host.bucket, key);
      return refused("recording_refused", "This session is not recorded any more.");
    }
    const after = withChunk(recording, call.stream, call.number, bytes);
    memory.progress.recording = after;
    this.#host.save(memory);
    const stream = streamOf(after.streams, call.stream);
    return { ok: true, ack: ackOf(call.stream, stream ?? { through: 0, gaps: [] }) };
  }

  #refusal(memory: SessionMemory, call: ChunkCall): Refused | null {
    const { head, state, progress } = memory;
    const recording = progress.recording ?? newRecording();
    if (head.site !== call.site) return UNKNOWN;
    if (head.key_hash !== null && !isSameHash(head.key_hash, call.key_hash ?? "")) {
      return refused("session_key_invalid", "This session was started with a key; send it as session_key.");
    }
    if (call.gpc || isForbidden(memory, call, recording)) {
      return refused("recording_refused", "Nobody has agreed to being recorded.");
    }
    if (progress.erase !== null || (state.events === 0 && state.journey.leads === 0)) {
      return refused("busy", "The session is not ready for a recording.", RECORDING_RETRY_SECONDS);
    }
    if (!isDue(call.rule, state, progress.recording)) {
      return refused("recording_refused", "This session is not one that its site records.");
    }
    const stream = streamOf(recording.streams, call.stream);
    const isFresh = !stream || !isSettled(stream, call.number);
    if (isFresh && isFull(recording)) return refused("recording_full", "A recording may not be longer than this.");
    if (!stream && isStreamsFull(recording.streams)) {
      return refused("recording_full", "A recording may not have more pages than this.");
    }
    if (stream && call.number > stream.through + 1 && isTooSparse({ ...stream, gaps: [...stream.gaps, [0, 0]] })) {
      return refused("stream_too_sparse", "More gaps in this stream than a recording may have.");
    }
    return null;
  }
}

const UNKNOWN = refused("session_unknown", "No such session.");

/** Whether consent is lacking, or was withdrawn after the chunk was recorded. */
function isForbidden({ state }: SessionMemory, call: ChunkCall, recording: Recording): boolean {
  if (state.consent !== "granted") return true;
  const { withdrawn_at } = recording;
  if (withdrawn_at === undefined) return false;
  const began = call.received_at - (call.sent_at - call.at);
  return began <= withdrawn_at || streamOf(recording.streams, call.stream)?.closed === true;
}

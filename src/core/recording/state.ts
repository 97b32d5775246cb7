import { copyGaps, type Settled, settle, streamOf } from "../delivery/streams";

/** What a session's actor knows of its recording: the chunks that R2 has. Stored with the flush progress. */
export interface Recording {
  /** Since when the session is to be recorded, epoch ms; null before. */
  since: number | null;
  /** Objects in R2, and their bytes. */
  chunks: number;
  bytes: number;
  streams: Record<string, RecordedStream>;
  /** When consent was withdrawn, epoch ms: what was recorded before is not taken any more. */
  withdrawn_at?: number;
}

/** Chunks of one page load. */
interface RecordedStream extends Settled {
  /** Set if it began before a withdrawal. */
  closed?: true;
}

export const newRecording = (): Recording => ({ since: null, chunks: 0, bytes: 0, streams: {} });

/** Notes that R2 has a chunk. A chunk that is noted already changes nothing. */
export function withChunk(recording: Recording, name: string, number: number, bytes: number): Recording {
  const before = streamOf(recording.streams, name);
  const stream: RecordedStream = { ...before, through: before?.through ?? 0, gaps: copyGaps(before?.gaps ?? []) };
  const added = settle(stream, number, number);
  return {
    ...recording,
    chunks: recording.chunks + added,
    bytes: recording.bytes + added * bytes,
    streams: { ...recording.streams, [name]: stream },
  };
}

/** Consent was withdrawn: nothing recorded until now is taken any more, whenever it arrives. */
export const withdraw = (recording: Recording, now: number): Recording => ({
  ...recording,
  withdrawn_at: now,
  streams: Object.fromEntries(
    Object.entries(recording.streams).map(([name, stream]) => [name, { ...stream, closed: true }]),
  ),
});

import { copyGaps, type Settled, settle, streamOf } from "../delivery/streams";

/** What a session's actor knows of its recording: which chunks R2 has. Kept with the flush progress, in one row. */
export interface Recording {
  /** When it was decided that this session is recorded, epoch ms; null before. */
  since: number | null;
  /** Objects in R2, and their bytes. */
  chunks: number;
  bytes: number;
  streams: Record<string, RecordedStream>;
  /** What was recorded before this is not taken any more, epoch ms: consent was withdrawn. */
  withdrawn_at?: number;
}

/** Chunks of one page load. */
interface RecordedStream extends Settled {
  /** It began before a withdrawal. */
  closed?: true;
}

export const newRecording = (): Recording => ({ since: null, chunks: 0, bytes: 0, streams: {} });

/** Notes that R2 has a chunk; one it had already changes nothing. */
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

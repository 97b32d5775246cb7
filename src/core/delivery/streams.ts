import { SESSION_BURST_EVENTS, SESSION_EVENTS_PER_SECOND } from "../../limits";
import type { RecordOrder } from "../../protocol/recording";

/** The contract's limits: gaps in a stream, streams in a session, gaps named in an ack. */
export const MAX_GAPS = 64;
export const MAX_STREAMS = 64;
export const MAX_MISSING_NAMED = 16;

/** The stream of the actor's own events. No page may use this name. */
export const SERVER_STREAM = "server";

/** Which numbers are settled: all up to `through` that are in no gap. */
export interface Settled {
  /** The highest number seen; 0 before any. */
  through: number;
  /** Open gaps below `through`, in rising order, both ends included. */
  gaps: [number, number][];
}

/** One stream: the events of one page load. */
export interface StreamState extends Settled {
  /** Time of the newest event, epoch ms: the next ones are not placed before it. */
  at: number;
  /** Time of the newest event before the lowest gap, epoch ms: events that fill a gap are not placed before it. */
  gap_at: number;
  /** Events stored, events refused by the server, and events dropped by the client. */
  received: number;
  rejected: number;
  gone: number;
}

export type Streams = Record<string, StreamState>;

export interface Ack {
  stream: string;
  through: number;
  /** At most 16 of the gaps, lowest first. */
  missing: [number, number][];
  ended?: true;
  /** Present if the page may be recorded. */
  record?: RecordOrder;
}

export const newStream = (): StreamState => ({
  through: 0,
  gaps: [],
  at: 0,
  gap_at: 0,
  received: 0,
  rejected: 0,
  gone: 0,
});

/** Looks at own properties only, because `name` may be any text, even `constructor`. */
export const streamOf = <S extends Settled>(streams: Readonly<Record<string, S>>, name: string): S | undefined =>
  Object.hasOwn(streams, name) ? streams[name] : undefined;

export const copyGaps = (gaps: Settled["gaps"]): Settled["gaps"] => gaps.map(([from, to]) => [from, to]);

export const copyStream = (stream: StreamState | undefined): StreamState =>
  stream ? { ...stream, gaps: copyGaps(stream.gaps) } : newStream();

export function isSettled(stream: Settled, number: number): boolean {
  return number <= stream.through && !stream.gaps.some(([from, to]) => from <= number && number <= to);
}

/** Settles `from` to `to`. Returns how many of them were not settled before. Changes `stream`. */
export function settle(stream: Settled, from: number, to: number): number {
  const filled = from <= stream.through ? fillGaps(stream, from, Math.min(to, stream.through)) : 0;
  if (to <= stream.through) return filled;
  const start = Math.max(from, stream.through + 1);
  if (start > stream.through + 1) stream.gaps.push([stream.through + 1, start - 1]);
  stream.through = to;
  return filled + (to - start + 1);
}

/** Settles numbers of a stream of events. Changes `stream`. */
export function settleEvents(stream: StreamState, from: number, to: number): number {
  if (stream.gaps.length === 0) stream.gap_at = stream.at;
  return settle(stream, from, to);
}

/**
 * The earliest and the latest time of the event with this number, epoch ms. It is not before the event before it in its stream and,
 * if it fills a gap, not after the newest event. In any gap, the event before the lowest gap stands for the event before it.
 */
export function boundsOf(stream: StreamState, number: number): { earliest: number; latest: number } {
  if (number > stream.through) return { earliest: stream.at, latest: Number.POSITIVE_INFINITY };
  return { earliest: stream.gap_at, latest: stream.at > 0 ? stream.at : Number.POSITIVE_INFINITY };
}

function fillGaps(stream: Settled, from: number, to: number): number {
  let filled = 0;
  const left: [number, number][] = [];
  for (const [a, b] of stream.gaps) {
    const low = Math.max(a, from);
    const high = Math.min(b, to);
    if (low > high) {
      left.push([a, b]);
      continue;
    }
    filled += high - low + 1;
    if (a < low) left.push([a, low - 1]);
    if (high < b) left.push([high + 1, b]);
  }
  stream.gaps = left;
  return filled;
}

/**
 * The highest number that a stream can have reached by `now`, if it had `through` at `since` (epoch ms). A session may send a burst
 * at once, and so many events a second after that.
 */
export const reachOf = (through: number, since: number, now: number): number =>
  through + SESSION_BURST_EVENTS + Math.ceil((Math.max(0, now - since) / 1_000) * SESSION_EVENTS_PER_SECOND);

export const isTooSparse = (stream: Settled): boolean => stream.gaps.length > MAX_GAPS;

export const isFull = (streams: Readonly<Record<string, Settled>>): boolean =>
  Object.keys(streams).length >= MAX_STREAMS;

export const ackOf = (name: string, stream: Settled): Ack => ({
  stream: name,
  through: stream.through,
  missing: stream.gaps.slice(0, MAX_MISSING_NAMED),
});

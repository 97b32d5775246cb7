import type { EndPart, StartInput } from "../../protocol/track";
import { BATCH_EVENTS, EVENT_BYTES, NAMED_RANGES } from "./limits";

/**
 * The numbered, unacked events of one stream: a pure model, without page, network or clock. An event stays until an ack
 * settles its number, or until it is dropped here and its number named as gone.
 */

/** First and last number, both included. */
export type Range = [number, number];

/** Where an unacked event is: here, in the call that waits for its answer, or in a beacon that will get none. */
const HERE = 0;
export const SENT = 1;
export const BEACONED = 2;
export type By = typeof SENT | typeof BEACONED;

export interface Item {
  number: number;
  /** The event as it goes out: written once, so that a number never changes its event. */
  json: string;
  bytes: number;
  /** Epoch ms. */
  at: number;
  place: typeof HERE | By;
}

/** This page load's part of one session. Plain JSON: what a page leaves behind, the next reads and sends on. */
export interface Stream {
  /** The session's. */
  id: string;
  /** The session's secret: who started it may add to it. */
  key: string;
  name: string;
  /** Due until the server has confirmed it; another object when it says something else than before. */
  start?: StartInput | undefined;
  end?: EndPart | undefined;
  /** The highest number given so far. */
  last: number;
  /** Unacked, in the order of their numbers. */
  items: Item[];
  gone: Range[];
}

/** A run of consecutive numbers. */
export interface Batch {
  first: number;
  last: number;
  /** The events, joined by commas. */
  json: string;
  /** The server is to expect nothing of these numbers. */
  gone: Range[];
}

const isIn = (batch: Batch, item: Item): boolean => batch.first <= item.number && item.number <= batch.last;

/** Numbers an event of `bytes`, written at `at`. One too large is counted but not kept. */
export function add(stream: Stream, json: string, bytes: number, at: number): void {
  const number = ++stream.last;
  if (bytes > EVENT_BYTES) stream.gone.push([number, number]);
  else stream.items.push({ number, json, bytes, at, place: HERE });
}

/**
 * Takes the first run of at most `room` bytes that is not in flight. A beacon takes what waits for an answer too: a
 * repeat counts once.
 */
export function take(stream: Stream, by: By, room: number): Batch | undefined {
  const run: Item[] = [];
  for (const item of stream.items) {
    const isNext = item.place < by && (!run[0] || item.number === run[0].number + run.length);
    if (isNext) room -= item.bytes + 1;
    if (isNext && room >= 0 && run.length < BATCH_EVENTS) run.push(item);
    else if (run[0]) break;
  }
  const [head] = run;
  for (const item of run) item.place = by;
  return (
    head && {
      first: head.number,
      last: head.number + run.length - 1,
      json: run.map((item) => item.json).join(),
      gone: stream.gone.slice(0, NAMED_RANGES),
    }
  );
}

/** What was sent, or beaconed, may be sent again: no answer came, or none will. Of `batch` only, if there is one. */
export function release(stream: Stream, from: By, batch?: Batch): void {
  for (const item of stream.items) if (item.place === from && (!batch || isIn(batch, item))) item.place = HERE;
}

/** An ack came for `batch`: forgets it. What else the ack settles is sent again, and counts once. */
export function settle(stream: Stream, batch: Batch): void {
  stream.items = stream.items.filter((item) => !isIn(batch, item));
}

/** The server refused `batch` for good: its events are dropped, and their numbers named as gone. */
export function drop(stream: Stream, batch: Batch): void {
  settle(stream, batch);
  stream.gone.push([batch.first, batch.last]);
}

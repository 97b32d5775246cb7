import type { EndPart, StartInput } from "../../protocol/track";
import { BATCH_EVENTS, EVENT_BYTES, NAMED_RANGES } from "./limits";

/**
 * The numbered, unacked events of one stream: a pure model, without page, network or clock. An event stays until an ack
 * settles its number, or until it is dropped here and its number named as gone.
 */

/** First and last number, both included. */
export type Range = [number, number];

/** Where an unacked event is: still here, in a call that waits for its answer, or in a beacon, which gets none. */
const HERE = 0;
export const SENT = 1;
export const BEACONED = 2;
export type By = typeof SENT | typeof BEACONED;

export interface Item {
  number: number;
  /** The event as it is sent. Written once, so that a number always means the same event. */
  json: string;
  bytes: number;
  /** Epoch ms. */
  at: number;
  place: typeof HERE | By;
}

/** This page load's part of one session. Plain JSON, because the next page reads what this one leaves behind. */
export interface Stream {
  /** The session's id. */
  id: string;
  /** The session's secret. Only a caller who knows it may add to the session. */
  key: string;
  name: string;
  /** Due until the server has confirmed it. A changed start is a new object. */
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
  /** Numbers for which the server must not expect events any more. */
  gone: Range[];
}

const isIn = (batch: Batch, item: Item): boolean => batch.first <= item.number && item.number <= batch.last;

/** Numbers an event of `bytes`, written at `at`. One that is too large gets a number but is not kept. */
export function add(stream: Stream, json: string, bytes: number, at: number): void {
  const number = ++stream.last;
  if (bytes > EVENT_BYTES) stream.gone.push([number, number]);
  else stream.items.push({ number, json, bytes, at, place: HERE });
}

/**
 * Takes the first run of at most `room` bytes that is not in flight. A beacon also takes what waits for an answer, because a
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

/** Lets events whose place is `from` be sent again, because no answer came, or none will come. With `batch`, only its events. */
export function release(stream: Stream, from: By, batch?: Batch): void {
  for (const item of stream.items) if (item.place === from && (!batch || isIn(batch, item))) item.place = HERE;
}

/** Forgets `batch` after its ack. Other events that the ack settles are sent again and count once. */
export function settle(stream: Stream, batch: Batch): void {
  stream.items = stream.items.filter((item) => !isIn(batch, item));
}

/** The server refused `batch` for good: its events are dropped, and their numbers named as gone. */
export function drop(stream: Stream, batch: Batch): void {
  settle(stream, batch);
  stream.gone.push([batch.first, batch.last]);
}

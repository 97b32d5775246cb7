import type { EndPart, StartInput } from "../protocol/track";
import type { Ack } from "../session/streams";
import { BATCH_EVENTS, EVENT_BYTES, KEEP_MS, NAMED_RANGES, QUEUE_BYTES } from "./limits";

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

interface Item {
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
  /** Of these numbers the server is to expect nothing. */
  gone: Range[];
}

const isIn = (batch: Batch, item: Item): boolean => batch.first <= item.number && item.number <= batch.last;

function lose(stream: Stream, lost: Item): void {
  stream.items = stream.items.filter((item) => item !== lost);
  const number = lost.number;
  const newest = stream.gone[stream.gone.length - 1];
  if (newest?.[1] === number - 1) newest[1] = number;
  else stream.gone.push([number, number]);
}

/** Numbers an event of `bytes`, written at `at`. One too large is counted but not kept. */
export function add(stream: Stream, json: string, bytes: number, at: number): void {
  const item: Item = { number: ++stream.last, json, bytes, at, place: HERE };
  stream.items.push(item);
  if (item.bytes > EVENT_BYTES) lose(stream, item);
  bound(stream, at);
}

/** Drops what is over 20 h old at `now`, and as much as is too much: the oldest mouse path, or the oldest event. */
export function bound(stream: Stream, now: number): void {
  for (;;) {
    const bytes = stream.items.reduce((sum, item) => sum + item.bytes, 0);
    const lost =
      bytes > QUEUE_BYTES
        ? (stream.items.find((item) => /^{"event_type":"mousemove"/.test(item.json)) ?? stream.items[0])
        : stream.items.find((item) => item.at < now - KEEP_MS);
    if (!lost) return;
    lose(stream, lost);
  }
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

/** An ack came for `batch`: forgets what is settled. */
export function settle(stream: Stream, batch: Batch, { through, missing }: Pick<Ack, "through" | "missing">): void {
  // A full list may be cut short: above its last range only the batch itself is known to be settled.
  const known = missing[NAMED_RANGES - 1]?.[1] ?? through;
  const isOpen = ([from, to]: Range): boolean => to > known || missing.some(([low, high]) => low <= to && from <= high);
  stream.items = stream.items.filter((item) => !isIn(batch, item) && isOpen([item.number, item.number]));
  stream.gone = stream.gone.filter(isOpen);
}

/** The server refused `batch` for good: its events are dropped, and their numbers named as gone. */
export function drop(stream: Stream, batch: Batch): void {
  for (const item of stream.items) if (isIn(batch, item)) lose(stream, item);
}

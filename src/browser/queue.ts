import type { Ack } from "../session/streams";
import { BATCH_BYTES, BATCH_EVENTS, EVENT_BYTES, NAMED_RANGES, QUEUE_EVENTS } from "./limits";

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
  place: typeof HERE | By;
}

/** A run of consecutive numbers. */
export interface Batch {
  first: number;
  last: number;
  /** The events, joined by commas. */
  json: string;
  gone: Range[];
}

/**
 * The numbered, unacked events of one stream: a pure model, without page, network or clock. An event stays until an ack
 * settles its number, or until it is dropped here and its number named as gone.
 */
export interface Queue {
  /** Unacked events. */
  size(): number;
  /** The highest number given so far. */
  last(): number;
  /** Numbers an event. One too large is counted but not kept; past the bound the oldest makes room. */
  add(json: string): void;
  /** Takes the first run that is not in flight. A beacon takes what waits for an answer too: a repeat counts once. */
  take(by: By): Batch | undefined;
  /** What was sent, or beaconed, may be sent again: no answer came, or none will. */
  release(from: By): void;
  /** An ack came for `batch`: forgets what is settled. */
  settle(batch: Batch, ack: Pick<Ack, "through" | "missing">): void;
  /** The server refused `batch` for good: its events are dropped, and their numbers named as gone. */
  drop(batch: Batch): void;
  /** Gives all events away, for another stream. */
  drain(): string[];
}

export function newQueue(): Queue {
  let last = 0;
  let items: Item[] = [];
  let gone: Range[] = [];

  const lose = (number: number): void => {
    const newest = gone[gone.length - 1];
    if (newest?.[1] === number - 1) newest[1] = number;
    else gone.push([number, number]);
  };

  return {
    size: () => items.length,
    last: () => last,
    add(json) {
      const bytes = new TextEncoder().encode(json).length;
      items.push({ number: ++last, json, bytes, place: HERE });
      const lost = bytes > EVENT_BYTES ? items.pop() : items.length > QUEUE_EVENTS && items.shift();
      if (lost) lose(lost.number);
    },
    take(by) {
      const run = firstRun(items, by);
      const [first] = run;
      if (!first) return undefined;
      for (const item of run) item.place = by;
      const { number } = first;
      const json = run.map((item) => item.json).join();
      return { first: number, last: number + run.length - 1, json, gone: gone.slice(0, NAMED_RANGES) };
    },
    release(from) {
      for (const item of items) if (item.place === from) item.place = HERE;
    },
    settle(batch, { through, missing }) {
      // A full list may be cut short: above its last range only the batch itself is known to be settled.
      const known = missing[NAMED_RANGES - 1]?.[1] ?? through;
      const isOpen = ([from, to]: Range): boolean =>
        to > known || missing.some(([low, high]) => low <= to && from <= high);
      items = items.filter(({ number }) => !isIn(batch, number) && isOpen([number, number]));
      gone = gone.filter(isOpen);
    },
    drop(batch) {
      for (const { number } of items) if (isIn(batch, number)) lose(number);
      items = items.filter(({ number }) => !isIn(batch, number));
    },
    drain() {
      last = 0;
      return items.splice(0).map(({ json }) => json);
    },
  };
}

const isIn = ({ first, last }: Batch, number: number): boolean => first <= number && number <= last;

/** As many free items with consecutive numbers as a batch holds. */
function firstRun(items: Item[], by: By): Item[] {
  const run: Item[] = [];
  let room = BATCH_BYTES;
  for (const item of items) {
    const isNext = item.place < by && (!run[0] || item.number === run[0].number + run.length);
    if (isNext) room -= item.bytes + 1;
    if (isNext && room >= 0 && run.length < BATCH_EVENTS) run.push(item);
    else if (run[0]) break;
  }
  return run;
}

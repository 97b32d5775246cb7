import type { Ack } from "../session/streams";
import { BATCH_BYTES, BATCH_EVENTS, EVENT_BYTES, NAMED_RANGES, QUEUE_EVENTS } from "./limits";

/** First and last number, both included. */
export type Range = [number, number];

/** Where an unacked event is: here, in the call that waits for its answer, or in a beacon that will get none. */
export const HERE = 0;
export const SENT = 1;
export const BEACONED = 2;
type Place = typeof HERE | typeof SENT | typeof BEACONED;

interface Item {
  number: number;
  /** The event as it goes out: written once, so that a number never changes its event. */
  json: string;
  bytes: number;
  place: Place;
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
export class Queue {
  /** The highest number given so far. */
  last = 0;
  private items: Item[] = [];
  private gone: Range[] = [];

  /** Unacked events. */
  get size(): number {
    return this.items.length;
  }

  /** Numbers an event. One too large is counted but not kept; past the bound the oldest makes room. */
  add(json: string): void {
    const number = ++this.last;
    const bytes = new TextEncoder().encode(json).length;
    if (bytes > EVENT_BYTES) this.lose(number);
    else this.items.push({ number, json, bytes, place: HERE });
    const oldest = this.items.length > QUEUE_EVENTS && this.items.shift();
    if (oldest) this.lose(oldest.number);
  }

  /** Takes the first run that is not in flight. A beacon takes what waits for an answer too: a repeat counts once. */
  take(by: typeof SENT | typeof BEACONED): Batch | null {
    const run: Item[] = [];
    let bytes = 0;
    for (const item of this.items) {
      const isNext = item.place < by && (!run[0] || item.number === run[0].number + run.length);
      bytes += isNext ? item.bytes + 1 : 0;
      if (isNext && run.length < BATCH_EVENTS && bytes <= BATCH_BYTES) run.push(item);
      else if (run[0]) break;
    }
    if (!run[0]) return null;
    for (const item of run) item.place = by;
    const first = run[0].number;
    const json = run.map((item) => item.json).join();
    return { first, last: first + run.length - 1, json, gone: this.gone.slice(0, NAMED_RANGES) };
  }

  /** An ack came for `batch`: forgets what is settled. */
  settle({ through, missing }: Pick<Ack, "through" | "missing">, batch: Batch): void {
    // A full list may be cut short: above its last range only the batch itself is known to be settled.
    const known = missing[NAMED_RANGES - 1]?.[1] ?? through;
    const isOpen = ([from, to]: Range): boolean =>
      to > known || missing.some(([low, high]) => low <= to && from <= high);
    this.items = this.items.filter(({ number }) => isOutside(number, batch) && isOpen([number, number]));
    this.gone = this.gone.filter(isOpen);
  }

  /** What was sent, or beaconed too, may be sent again: no answer came, or none will. */
  release(from: typeof SENT | typeof BEACONED): void {
    for (const item of this.items) if (item.place === from) item.place = HERE;
  }

  /** The server refused `batch` for good: its events are dropped, and their numbers named as gone. */
  drop(batch: Batch): void {
    this.items = this.items.filter(({ number }) => {
      if (isOutside(number, batch)) return true;
      this.lose(number);
      return false;
    });
  }

  /** Gives all events away, for another stream. */
  drain(): string[] {
    this.last = 0;
    return this.items.splice(0).map(({ json }) => json);
  }

  private lose(number: number): void {
    const newest = this.gone[this.gone.length - 1];
    if (newest?.[1] === number - 1) newest[1] = number;
    else this.gone.push([number, number]);
  }
}

const isOutside = (number: number, { first, last }: Batch): boolean => number < first || number > last;

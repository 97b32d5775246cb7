import { RECORD_CHUNK_UNITS, RECORD_RING_MS } from "../../limits";

/** Events in the order in which they are sent: a pure model, without page, network or clock. */

export interface Frame {
  /** An event of rrweb, as JSON. */
  json: string;
  /** By the page's clock, epoch ms. */
  at: number;
  /** The first event of a whole snapshot: a replay may begin here. */
  isStart: boolean;
}

export interface Piece {
  /** Time of its first event, by the page's clock, epoch ms. */
  at: number;
  /** The events, joined by commas. */
  json: string;
}

export class Tape {
  #frames: Frame[] = [];
  units = 0;

  get isEmpty(): boolean {
    return this.#frames.length === 0;
  }

  add(frame: Frame): void {
    this.#frames.push(frame);
    this.units += frame.json.length;
  }

  clear(): void {
    this.#frames = [];
    this.units = 0;
  }

  /** Removes and returns the oldest events: as many as a chunk may have, but at least one. */
  cut(): Piece | undefined {
    const [first] = this.#frames;
    if (!first) return;
    let units = 0;
    const end = this.#frames.findIndex(({ json }, i) => {
      units += json.length;
      return i > 0 && units > RECORD_CHUNK_UNITS;
    });
    const cut = this.#frames.splice(0, end < 0 ? this.#frames.length : end);
    this.units -= cut.reduce((sum, { json }) => sum + json.length, 0);
    return { at: first.at, json: cut.map(({ json }) => json).join() };
  }

  /** Drops events that are older than 30 s at `now`, or over `units`, from the start of one snapshot to the next. */
  trim(now: number, units: number): void {
    for (;;) {
      const next = this.#frames.findIndex(({ isStart }, i) => i > 0 && isStart);
      const isOld = next > 0 && (this.#frames[next]?.at ?? now) <= now - RECORD_RING_MS;
      if (!isOld && this.units <= units) return;
      // Without a second start nothing of the rest could be shown.
      const gone = this.#frames.splice(0, next > 0 ? next : this.#frames.length);
      this.units -= gone.reduce((sum, { json }) => sum + json.length, 0);
    }
  }
}

import type { PlayedEvent } from "./say";

/** Which page load is shown when. Each is a document of its own, and two tabs may have one open at the same time. Pure. */

const INCREMENTAL = 3;
const META = 4;
/** rrweb's numbers of sources that the visitor causes: pointer, click, scroll, resize, input, touch, drag. */
const BY_HAND = new Set([1, 2, 3, 4, 5, 6, 12]);

export interface Reels {
  /** The events of each page load, oldest first. */
  events: ReadonlyMap<string, PlayedEvent[]>;
  /** From `at` on, `stream` is shown, because the visitor did something there. In rising order. */
  turns: readonly { at: number; stream: string }[];
}

const isTurn = ({ type, data }: PlayedEvent): boolean =>
  type === META || (type === INCREMENTAL && BY_HAND.has(Number(data["source"])));

export function reelsOf(all: readonly PlayedEvent[]): Reels {
  const events = new Map<string, PlayedEvent[]>();
  const turns: { at: number; stream: string }[] = [];
  for (const event of all) {
    const { stream, timestamp } = event;
    const reel = events.get(stream) ?? [];
    // Events before a page's first snapshot have no page to change.
    if (reel.length === 0 && event.type !== META) continue;
    reel.push(event);
    events.set(stream, reel);
    if (isTurn(event) && turns.at(-1)?.stream !== stream) turns.push({ at: timestamp, stream });
  }
  return { events, turns };
}

/** The page load that is shown at a moment: before the first one begins, it is the first. */
export const streamAt = ({ turns }: Reels, at: number): string | undefined =>
  (turns.findLast((turn) => turn.at <= at) ?? turns[0])?.stream;

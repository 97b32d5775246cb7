import { SERVER_STREAM, type Streams } from "./streams";

/**
 * How many events a stream may have lost and still count in sums: as many as a page keeps unacked and may drop all at once, and ten
 * for each that came, as from a page that was offline for hours.
 */
export const PLAUSIBLE_LOSS = 250;
const PLAUSIBLE_LOSS_PER_EVENT = 10;

/** How much of what clients numbered has arrived. The actor's own stream is left out. */
export interface Completeness {
  received: number;
  /** The highest numbers seen, added up over the streams. */
  expected: number;
  missing: number;
  rejected: number;
  gone: number;
  /** Streams left out of the sums: their numbers are too high for how little came. */
  implausible: number;
  streams: StreamLine[];
}

/** The counts of one stream. `through` is also how many events are expected of it. */
export interface StreamCounts {
  stream: string;
  through: number;
  received: number;
  missing: number;
  rejected: number;
  gone: number;
}

interface StreamLine extends StreamCounts {
  expected: number;
  implausible?: true;
}

export const completeness = (streams: Streams): Completeness =>
  completenessOf(
    Object.entries(streams)
      .filter(([name]) => name !== SERVER_STREAM)
      .map(([stream, { through, received, rejected, gone, gaps }]) => {
        const missing = gaps.reduce((sum, [from, to]) => sum + to - from + 1, 0);
        return { stream, through, received, missing, rejected, gone };
      }),
  );

/** A high number costs its sender nothing. Without this check, one event could make the whole site's loss look large. */
const isImplausible = ({ received, rejected, missing, gone }: StreamCounts): boolean =>
  missing + gone > PLAUSIBLE_LOSS + PLAUSIBLE_LOSS_PER_EVENT * (received + rejected);

/** Adds up the streams. An implausible one is listed, but is in no sum. */
export function completenessOf(streams: readonly StreamCounts[]): Completeness {
  const total: Completeness = {
    received: 0,
    expected: 0,
    missing: 0,
    rejected: 0,
    gone: 0,
    implausible: 0,
    streams: [],
  };
  for (const counts of streams) {
    const { stream, through, received, missing, rejected, gone } = counts;
    const line: StreamLine = { stream, through, received, expected: through, missing, rejected, gone };
    if (isImplausible(counts)) {
      total.streams.push({ ...line, implausible: true });
      total.implausible += 1;
      continue;
    }
    total.streams.push(line);
    total.received += received;
    total.expected += through;
    total.missing += missing;
    total.rejected += rejected;
    total.gone += gone;
  }
  return total;
}

import { describe, expect, it } from "vitest";
import { completeness, PLAUSIBLE_LOSS } from "../../src/core/delivery/completeness";
import {
  ackOf,
  copyStream,
  isFull,
  isSettled,
  isTooSparse,
  MAX_GAPS,
  MAX_MISSING_NAMED,
  MAX_STREAMS,
  newStream,
  type Settled,
  settle,
  streamOf,
} from "../../src/core/delivery/streams";
import { firstSeq } from "../../src/core/session/entry";

/** What has arrived of numbered things, and what is still missing. */

const settledBy = (...ranges: [number, number][]): Settled & { news: number[] } => {
  const stream = newStream();
  const news = ranges.map(([from, to]) => settle(stream, from, to));
  return { through: stream.through, gaps: stream.gaps, news };
};

describe("a stream", () => {
  it.each<[string, [number, number][], Settled & { news: number[] }]>([
    [
      "in order",
      [
        [1, 1],
        [2, 4],
      ],
      { through: 4, gaps: [], news: [1, 3] },
    ],
    ["not from its beginning", [[3, 3]], { through: 3, gaps: [[1, 2]], news: [1] }],
    [
      "one number late",
      [
        [2, 2],
        [1, 1],
      ],
      { through: 2, gaps: [], news: [1, 1] },
    ],
    [
      "with a hole",
      [
        [1, 2],
        [5, 6],
      ],
      { through: 6, gaps: [[3, 4]], news: [2, 2] },
    ],
    [
      "twice",
      [
        [1, 3],
        [1, 3],
      ],
      { through: 3, gaps: [], news: [3, 0] },
    ],
    [
      "in part twice",
      [
        [1, 3],
        [2, 5],
      ],
      { through: 5, gaps: [], news: [3, 2] },
    ],
    [
      "into the middle of a gap",
      [
        [10, 10],
        [4, 6],
      ],
      {
        through: 10,
        gaps: [
          [1, 3],
          [7, 9],
        ],
        news: [1, 3],
      },
    ],
    [
      "at a gap's beginning",
      [
        [10, 10],
        [1, 3],
      ],
      { through: 10, gaps: [[4, 9]], news: [1, 3] },
    ],
    [
      "at a gap's end",
      [
        [10, 10],
        [8, 9],
      ],
      { through: 10, gaps: [[1, 7]], news: [1, 2] },
    ],
    [
      "over two gaps and on",
      [
        [2, 2],
        [5, 5],
        [1, 7],
      ],
      { through: 7, gaps: [], news: [1, 1, 5] },
    ],
    [
      "from a gap on past the end",
      [
        [1, 1],
        [4, 4],
        [3, 6],
      ],
      { through: 6, gaps: [[2, 2]], news: [1, 1, 3] },
    ],
  ])("is settled %s", (_, ranges, stream) => {
    expect(settledBy(...ranges)).toEqual(stream);
  });

  it("says of each number whether it is settled", () => {
    const stream = settledBy([1, 2], [5, 5]);
    expect([1, 2, 3, 4, 5, 6].map((number) => isSettled(stream, number))).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
    ]);
  });

  it("is copied with its gaps, so that a call may be refused without a trace", () => {
    const stream = { ...newStream(), through: 4, gaps: [[1, 2]] as [number, number][], received: 2 };
    const copy = copyStream(stream);
    expect(copy).toEqual(stream);
    settle(copy, 1, 1);
    expect(stream.gaps).toEqual([[1, 2]]);
    expect(copyStream(undefined)).toEqual(newStream());
  });

  it("is found by the name it was given, and by no name of the language", () => {
    const own = newStream();
    expect([streamOf({ a: own }, "a"), streamOf({ a: own }, "constructor")]).toEqual([own, undefined]);
  });
});

describe("limits", () => {
  const gaps = (n: number) => Array.from({ length: n }, (_, i): [number, number] => [2 * i + 1, 2 * i + 1]);

  it("are so many gaps, of which an ack names the lowest", () => {
    expect([
      isTooSparse({ through: 999, gaps: gaps(MAX_GAPS) }),
      isTooSparse({ through: 999, gaps: gaps(MAX_GAPS + 1) }),
    ]).toEqual([false, true]);
    const ack = ackOf("a", { through: 99, gaps: gaps(MAX_MISSING_NAMED + 1) });
    expect(ack).toEqual({ stream: "a", through: 99, missing: gaps(MAX_MISSING_NAMED) });
  });

  it("are so many streams", () => {
    const streams = Object.fromEntries(Array.from({ length: MAX_STREAMS }, (_, i) => [`s${i}`, newStream()]));
    const { s0: _, ...fewer } = streams;
    expect([isFull(streams), isFull(fewer)]).toEqual([true, false]);
  });
});

describe("completeness", () => {
  it("adds up the streams of pages, and leaves the actor's own out", () => {
    const a = {
      ...newStream(),
      through: 9,
      gaps: [
        [2, 3],
        [7, 7],
      ] as [number, number][],
      received: 4,
      rejected: 1,
      gone: 1,
    };
    const b = { ...newStream(), through: 5, received: 3, rejected: 2 };
    const server = { ...newStream(), through: 2, received: 2 };
    expect(completeness({ a, server, b })).toEqual({
      received: 7,
      expected: 14,
      missing: 3,
      rejected: 3,
      gone: 1,
      implausible: 0,
      streams: [
        { stream: "a", through: 9, received: 4, expected: 9, missing: 3, rejected: 1, gone: 1 },
        { stream: "b", through: 5, received: 3, expected: 5, missing: 0, rejected: 2, gone: 0 },
      ],
    });
    const none = { received: 0, expected: 0, missing: 0, rejected: 0, gone: 0 };
    expect(completeness({})).toEqual({ ...none, implausible: 0, streams: [] });
  });

  const lost = (received: number, missing: number, gone = 0) => ({
    ...newStream(),
    through: received + missing + gone,
    received,
    gone,
    gaps: missing > 0 ? ([[1, missing]] as [number, number][]) : [],
  });

  it("names a stream that has lost far more than came, and leaves it out of the sums", () => {
    const told = completeness({ a: lost(4, 1), forged: lost(1, 999_999_999), given_up: lost(1, 0, 999_999_999) });
    expect(told).toMatchObject({ received: 4, expected: 5, missing: 1, gone: 0, implausible: 2 });
    expect(told.streams[0]).not.toHaveProperty("implausible");
    expect(told.streams[1]).toMatchObject({ stream: "forged", expected: 1_000_000_000, implausible: true });
    expect(told.streams[2]).toMatchObject({ stream: "given_up", gone: 999_999_999, implausible: true });
  });

  it.each([
    ["a page that dropped all it had kept", lost(1, 0, PLAUSIBLE_LOSS + 10), 0],
    ["one that lost one more", lost(1, 0, PLAUSIBLE_LOSS + 11), 1],
    ["a page that was offline for hours", lost(1_000, 0, 10_250), 0],
    ["one that is missed and given up together", lost(2, 200, 71), 1],
    ["refused ones, which came too", { ...lost(0, 0, 260), through: 261, rejected: 1 }, 0],
  ])("takes the loss of %s as it is", (_, stream, implausible) => {
    expect(completeness({ stream })).toMatchObject({ implausible, gone: implausible ? 0 : stream.gone });
  });
});

describe("a life of a session id", () => {
  it("has places of its own from second to second", () => {
    expect([firstSeq(0), firstSeq(999), firstSeq(1_000), firstSeq(2_999)]).toEqual([0, 0, 2 ** 20, 2 ** 21]);
    expect(Number.isSafeInteger(firstSeq(Date.UTC(2200, 0)))).toBe(true);
  });
});

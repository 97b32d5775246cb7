import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  attend,
  attendedMs,
  ENGAGED_GAP_MS,
  MAX_ATTENTION_SPANS,
  newAttention,
  type Sight,
} from "../../src/core/session/fold/attention";
import { cases } from "../support/scale";

/** Acts on pages, by stream, and what they come to. */

const T = 1_795_000_000_000;

type Step = [at: number, page?: string | null, change?: Sight["change"], in_view_ms?: number];

/** Their attention, and its length at the last of them. */
function played(...steps: Step[]) {
  const attention = newAttention();
  for (const [at, page = "a", change = null, in_view_ms = null] of steps) {
    attend(attention, page, T + at, { change, in_view_ms }, T);
  }
  return { attention, ms: attendedMs(attention, T + Math.max(...steps.map(([at]) => at))) };
}

const msOf = (...steps: Step[]): number => played(...steps).ms;

describe("attention", () => {
  it.each<[string, Step[], number]>([
    ["is none before a second act", [[0]], 0],
    ["goes on from act to act", [[0], [7_000], [14_000]], 14_000],
    ["counts a longer gap as far as an act counts", [[0], [28_000], [30_000]], ENGAGED_GAP_MS + 2_000],
    ["ends as the page is hidden", [[0], [4_000, "a", "hidden"], [60_000, "a", "visible"], [61_000]], 5_000],
    ["is none of a hidden page that goes on by itself", [[0], [1_000, "a", "hidden"], [9_000], [18_000]], 1_000],
    ["goes on in another tab", [[0], [3_000, "a", "hidden"], [3_000, "b", "visible"], [8_000, "b"]], 8_000],
    [
      "goes on where the tab that is shown speaks first",
      [[0], [3_000, "b", "visible"], [3_000, "a", "hidden"], [8_000, "b"]],
      8_000,
    ],
    ["of two pages at a time counts once", [[0], [1_000, "b"], [5_000], [6_000, "b"], [10_000]], 10_000],
    [
      "of a page that nobody numbers counts as well",
      [
        [0, null],
        [4_000, null],
      ],
      4_000,
    ],
    ["of a page left at once is what the page says of it", [[9_000, "a", "hidden", 6_000]], 6_000],
    ["of a page left after an hour is no more than an act counts for", [[3_600_000, "a", "hidden", 3_600_000]], 15_000],
    ["begins no earlier than the page came into view", [[0], [60_000, "a", "hidden", 5_000]], 5_000],
    ["begins no earlier than the session", [[2_000, "a", "hidden", 60_000]], 2_000],
  ])("%s", (_, steps, ms) => {
    expect(msOf(...steps)).toBe(ms);
  });

  it("is the same when a page that was offline delivers later", () => {
    const here: Step[] = [[0], [4_000], [60_000], [66_000, "a", "hidden"]];
    const there: Step[] = [
      [20_000, "b"],
      [27_000, "b"],
      [30_000, "b", "hidden"],
    ];
    const inOrder = [...here, ...there].toSorted(([a], [b]) => a - b);
    expect(msOf(...here, ...there)).toBe(msOf(...inOrder));
    // 0 to 19 s, from there on the other page to 30 s, and the last six.
    expect(msOf(...inOrder)).toBe(19_000 + 10_000 + 6_000);
  });

  it("is the same when a gap in a stream is filled", () => {
    expect(msOf([0], [40_000], [10_000], [20_000], [30_000])).toBe(40_000);
  });

  it("is the same when a gap is filled after the page was left", () => {
    expect(msOf([0], [30_000, "a", "hidden", 30_000], [10_000], [20_000])).toBe(30_000);
    expect(msOf([0], [10_000], [20_000], [30_000, "a", "hidden", 30_000])).toBe(30_000);
  });

  it("is kept in spans that do not grow without end, and is still known of those let go", () => {
    const steps = Array.from({ length: MAX_ATTENTION_SPANS * 3 }, (_, i): Step[] => [
      [i * 60_000],
      [i * 60_000 + 1_000],
    ]);
    const last = steps.length * 60_000;
    const { attention, ms } = played(...steps.flat(), [last]);
    expect(attention.spans).toHaveLength(MAX_ATTENTION_SPANS);
    expect(ms).toBe(steps.length * (1_000 + ENGAGED_GAP_MS));
    for (const at of [0, 5_000]) attend(attention, "late", T + at, { change: null, in_view_ms: null }, T);
    expect(attendedMs(attention, T + last)).toBe(ms);
  });

  it("is the union of what its acts count for, in whatever order pages deliver", () => {
    const act = fc.record({
      page: fc.constantFrom("a", "b", "c"),
      wait: fc.constantFrom(0, 300, 4_000, 20_000),
      change: fc.constantFrom<Sight["change"][]>(null, null, null, "hidden", "visible"),
    });
    fc.assert(
      fc.property(
        fc.array(act, { minLength: 1, maxLength: 40 }),
        fc.array(fc.nat(2), { maxLength: 80 }),
        (acts, turns) => {
          let now = 0;
          const steps = acts.map(({ page, wait, change }): [number, string, Sight["change"]] => {
            now += wait;
            return [now, page, change];
          });
          const queues = ["a", "b", "c"].map((name) => steps.filter(([, page]) => page === name));
          const shuffled = [...turns, 0, 1, 2].flatMap((turn, i, all) =>
            i < all.length - 3 ? (queues[turn]?.splice(0, 1) ?? []) : (queues[turn]?.splice(0) ?? []),
          );
          expect(msOf(...shuffled)).toBe(unionOf(steps, now));
        },
      ),
      { numRuns: cases(300) },
    );
  });
});

/** The same, counted in steps of 100 ms: an act counts until its page is hidden, at most 15 s. */
function unionOf(steps: readonly [number, string, Sight["change"]][], last: number): number {
  const inView: Record<string, boolean> = {};
  const attended = new Set<number>();
  steps.forEach(([at, page, change], i) => {
    if (change !== null) inView[page] = change === "visible";
    if (inView[page] === false) return;
    const hides = steps.slice(i + 1).find(([, other, next]) => other === page && next === "hidden")?.[0] ?? last;
    for (let t = at; t < Math.min(at + ENGAGED_GAP_MS, hides, last); t += 100) attended.add(t);
  });
  return attended.size * 100;
}

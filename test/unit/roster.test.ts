import { describe, expect, it } from "vitest";
import { ROSTER_TTL_MS } from "../../src/core/roster/entry";
import { shardOf } from "../../src/core/roster/shards";
import { ROSTER_BEAT_MS, type RosterMark, reasonFor } from "../../src/core/roster/when";

const ID = "00000000-0000-4000-8000-000000000000";
const NOBODY: RosterMark = { page: null, label: null, visitor: null, is_claim: false, ended: false, seen_at: null };
const seen = (at: number, more: Partial<RosterMark> = {}): RosterMark => ({
  ...NOBODY,
  page: "/a",
  label: "human",
  seen_at: at,
  ...more,
});

describe("a session reports", () => {
  it("its first event, a change of page, of verdict, of who it is, and its end", () => {
    expect(reasonFor(ID, NOBODY, seen(1))).toBe("change");
    for (const change of [{ page: "/b" }, { label: "bot" }, { visitor: "v" }, { is_claim: true }, { ended: true }]) {
      expect(reasonFor(ID, seen(1), seen(2, change))).toBe("change");
    }
  });

  it("nothing before its first event, nothing new, and nothing after its end", () => {
    expect(reasonFor(ID, NOBODY, NOBODY)).toBeNull();
    expect(reasonFor(ID, seen(1), seen(2))).toBeNull();
    expect(
      reasonFor(ID, seen(1, { ended: true }), seen(ROSTER_BEAT_MS * 3, { ended: true, page: "/late" })),
    ).toBeNull();
  });

  it.each([500, 3_000, 10_000, 29_999])(
    "often enough not to expire, and no oftener, with an event every %i ms",
    (gap) => {
      let last = 0;
      let reports = 0;
      const end = 20 * ROSTER_BEAT_MS;
      for (let at = gap; at <= end; at += gap) {
        if (reasonFor(crypto.randomUUID(), seen(at - gap), seen(at)) === null) continue;
        reports += 1;
      }
      // By a session of its own phase each time the mean is the beat's; by one session no gap is longer than beat and gap.
      expect(reports).toBeLessThan((end / ROSTER_BEAT_MS) * 2);
      for (let at = gap; at <= end; at += gap) {
        if (reasonFor(ID, seen(at - gap), seen(at)) === "beat") last = at;
        expect(at - last).toBeLessThan(ROSTER_BEAT_MS + gap);
        expect(at - last).toBeLessThan(Math.max(ROSTER_TTL_MS, ROSTER_BEAT_MS + gap));
      }
    },
  );
});

it("spreads sessions evenly over its shards", () => {
  const counts = new Map<number, number>();
  for (let i = 0; i < 16_000; i++) {
    const shard = shardOf(crypto.randomUUID(), null);
    counts.set(shard, (counts.get(shard) ?? 0) + 1);
  }
  expect(counts.size).toBe(16);
  for (const n of counts.values()) expect(Math.abs(n - 1_000)).toBeLessThan(200);
});

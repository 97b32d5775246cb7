import { describe, expect, it } from "vitest";
import { isLatestTheirs, type Life, newLife, sortLives, withRow } from "../../src/core/session/calls/life";

const DAY = 86_400_000;
const T = Date.parse("2031-05-10T12:00:00Z");
const THEM = "0f8fad5b-d9cb-869f-a165-70867728950e";
const ROW = { site: "shop", started_at: T, fingerprint_id: "print", ip: "203.0.113.0/24", unproven: true };

const life = (start: number, visitors: string[], proven: string[] = []): Life => ({
  ...newLife(start),
  visitors,
  proven,
});
const startsOf = (lives: readonly Life[]): number[] => lives.map(({ start }) => start);

describe("lives of a session's id", () => {
  const [own, claim, other] = [
    life(T, [THEM], [THEM]),
    life(T - 3 * DAY, [THEM]),
    life(T - 6 * DAY, ["else"], ["else"]),
  ];

  it("are the visitor's, claims, or somebody else's", () => {
    expect(sortLives([own, claim, other], THEM)).toEqual({ theirs: [own], claimed: [claim], others: [other] });
  });

  it("are all theirs that name them, where nobody can prove the id", () => {
    const named = life(T, ["v-42"]);
    expect(sortLives([named, other], "v-42")).toEqual({ theirs: [named], claimed: [], others: [other] });
  });

  it("are the newest by the one that is under way, or else by the days", () => {
    expect(isLatestTheirs([claim, own], THEM, null)).toBe(true);
    expect(isLatestTheirs([own, life(T + DAY, ["else"])], THEM, null)).toBe(false);
    expect(isLatestTheirs([own], THEM, T + 3 * DAY)).toBe(false);
    expect(isLatestTheirs([], THEM, null)).toBe(false);
  });

  it("learn from the row of the same day, and of no other", () => {
    const midnight = Date.parse("2031-05-10");
    const [said] = withRow([life(midnight, [])], THEM, ROW);
    expect(said).toMatchObject({ start: midnight, visitors: [THEM], proven: [] });
    expect(said?.identities).toEqual([
      { kind: "fingerprint", value: "print", group: "shop" },
      { kind: "address", value: "203.0.113.0/24", group: "shop" },
    ]);
    const both = withRow([other], THEM, { ...ROW, unproven: false });
    expect(startsOf(both)).toEqual([other.start, T]);
    expect(both[1]).toMatchObject({ proven: [THEM] });
    expect(both[0]).toEqual(other);
    expect(withRow([own], "v-42", { ...ROW, unproven: false })[0]?.proven).toEqual([THEM]);
  });
});

import { describe, expect, it } from "vitest";
import { readCounts, readViews, sumOf, writeCounts, writeViews } from "../../src/core/session/fold/tallies";
import { BUILT_IN_TYPES } from "../../src/protocol/types";

/** How counts are stored in a session's row: short, and readable in the form of older rows. */

describe("counts by type", () => {
  it.each<[string, Record<string, number>, unknown[]]>([
    ["none", {}, []],
    ["the first type", { page_view: 2 }, [2]],
    ["a later one, with those before it", { scroll: 3 }, [0, 0, 3]],
    ["types of the site's own by name", { click: 1, "shop.buy": 4 }, [0, 1, { "shop.buy": 4 }]],
    ["only those", { "shop.buy": 4, other: 1 }, [{ "shop.buy": 4, other: 1 }]],
    ["the last type", { web_vitals: 1 }, [...new Array(BUILT_IN_TYPES.size - 1).fill(0), 1]],
  ])("are stored by place: %s", (_, counts, stored) => {
    expect(writeCounts(counts)).toEqual(stored);
    expect(readCounts(stored)).toEqual(counts);
  });

  it("are read in the form of older rows, by name", () => {
    expect(readCounts({ click: 2, "shop.buy": 1 })).toEqual({ click: 2, "shop.buy": 1 });
  });

  it.each([null, undefined, "x", 7])("are none where %j is stored", (stored) => {
    expect(readCounts(stored)).toEqual({});
  });

  it("are those that are more than nothing", () => {
    expect(readCounts([0, "5", null, -1, 2, [3]])).toEqual({ navigation: 2 });
  });

  it("have a sum", () => {
    expect([sumOf({}), sumOf({ click: 2, scroll: 3 })]).toEqual([0, 5]);
  });
});

describe("views by page", () => {
  const views = {
    "https://shop.example/": 1,
    "https://shop.example/a": 2,
    "https://shop.example.evil/": 3,
    "https://other.example/a": 4,
    "(other)": 5,
  };

  it("are stored by the first page's name, and what those of its origin have after it", () => {
    expect(writeViews(views)).toEqual({
      "https://shop.example/": 1,
      "/a": 2,
      "https://shop.example.evil/": 3,
      "https://other.example/a": 4,
      "(other)": 5,
    });
    expect(Object.keys(writeViews(views))).toHaveLength(5);
    expect({ ...readViews(writeViews(views)) }).toEqual(views);
  });

  it("of one site after another's keep their own origins", () => {
    const one = { "https://one.example/a": 1, "https://one.example/b": 2 };
    const two = { "https://two.example:8443/a": 1, "https://two.example:8443/b": 2 };
    for (const each of [one, two, one]) expect({ ...readViews(writeViews(each)) }).toEqual(each);
    expect(writeViews(two)).toEqual({ "https://two.example:8443/a": 1, "/b": 2 });
  });

  it.each([[{ "(other)": 1, "https://shop.example/a": 2 }], [{ "not a url": 1, "not a url/b": 2 }], [{}]])(
    "whose first page is no URL are stored as they are: %j",
    (odd) => {
      expect(writeViews(odd)).toEqual(odd);
      expect({ ...readViews(odd) }).toEqual(odd);
    },
  );

  it("of a page that is an origin and no more are read as they were", () => {
    const bare = { "https://bare.example": 1, "https://bare.example/a": 2 };
    expect({ ...readViews(writeViews(bare)) }).toEqual(bare);
  });

  it.each([null, undefined, "x", 7, [1]])("are none where %j is stored", (stored) => {
    expect({ ...readViews(stored) }).toEqual({});
  });
});

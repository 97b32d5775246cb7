import { describe, expect, it } from "vitest";
import { classesOf, sliceFor } from "../../src/data/aggregates/question";

describe("a question", () => {
  it("about bots names the classes that are in its answer", () => {
    expect([classesOf("include"), classesOf("only"), classesOf("exclude")]).toEqual([[0, 1], [1], [0]]);
  });

  it.each<[Parameters<typeof sliceFor>[0], ReturnType<typeof sliceFor>]>([
    [{}, { dimension: "", values: [""], crowd: "" }],
    [{ site: "a" }, { dimension: "", values: [""], crowd: "" }],
    [
      { site: "a", country: undefined },
      { dimension: "", values: [""], crowd: "" },
    ],
    [{ country: "DE" }, { dimension: "country", values: ["DE"], crowd: "DE" }],
    [
      { page: "https://a.example/" },
      { dimension: "page", values: ["https://a.example/"], crowd: "https://a.example/" },
    ],
    [{ country: "DE", source: "google" }, null],
    [{ country: "DE", min_bot: 50 }, null],
    [{ min_bot: 50, max_risk: 59 }, null],
    // Whole bands: the whole scale, its ends, one band, and some in the middle, whose visitors nobody counts.
    [{ min_bot: 0 }, { dimension: "bot", values: [..."0123456789"], crowd: null }],
    [{ min_bot: 70 }, { dimension: "bot", values: ["7", "8", "9"], crowd: "7+" }],
    [{ max_bot: 29 }, { dimension: "bot", values: ["0", "1", "2"], crowd: "2-" }],
    [{ min_bot: 90 }, { dimension: "bot", values: ["9"], crowd: "9" }],
    [{ max_bot: 9 }, { dimension: "bot", values: ["0"], crowd: "0" }],
    [
      { min_risk: 40, max_risk: 49 },
      { dimension: "risk", values: ["4"], crowd: "4" },
    ],
    [
      { min_risk: 40, max_risk: 59 },
      { dimension: "risk", values: ["4", "5"], crowd: null },
    ],
    [
      { min_risk: 10, max_risk: 100 },
      { dimension: "risk", values: [..."123456789"], crowd: "1+" },
    ],
    [
      { min_risk: 50, max_risk: 19 },
      { dimension: "risk", values: [], crowd: null },
    ],
    [{ min_risk: 45 }, null],
    [{ max_risk: 50 }, null],
    // The last band has 100 in it as well.
    [{ max_risk: 99 }, null],
    [{ min_risk: 90, max_risk: 99 }, null],
    [{ max_risk: 100 }, { dimension: "risk", values: [..."0123456789"], crowd: null }],
    [{ min_risk: 100 }, null],
  ])("filtered by %j is answered from one slice, or from none", (filter, chosen) => {
    expect(sliceFor(filter)).toEqual(chosen);
  });
});

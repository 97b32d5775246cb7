import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { built, hostileTexts, literals, slowOn, workerFiles } from "../../scripts/lib/expressions.ts";

/** No text takes an expression more time than its length is worth. */

const show = ({ file, pattern, flags }: { file: string; pattern: string; flags: string }): string =>
  `${file}: /${pattern.slice(0, 80)}/${flags}`;

/** Those that did not get through one of their hostile texts in time. */
const slow = (expressions: Awaited<ReturnType<typeof built>>): string[] =>
  expressions.filter((expression) => slowOn(expression, hostileTexts(expression)) !== null).map(show);

describe("a header", () => {
  /** What the Worker says to its own actors is no outside text. */
  const OWN = ["src/core/roster/socket.ts", "src/core/session/calls/socket.ts", "src/protocol/header.ts"];

  it("is cut before anything reads it: nobody takes one by another way than headerOf", () => {
    const readers = workerFiles().filter((file) => /headers?\.get\(/.test(readFileSync(file, "utf8")));
    expect(readers.sort()).toEqual(OWN.sort());
  });
});

describe("hostile text of 64 KB", () => {
  it("keeps no expression of the code busy", { timeout: 600_000 }, () => {
    const all = literals();
    expect(all.length).toBeGreaterThan(200);
    expect(slow(all)).toEqual([]);
  });

  it("keeps none that is made of a table busy", { timeout: 600_000 }, async () => {
    const all = await built();
    expect(all.map(({ file }) => file)).toContain("src/core/network/bot-kind.ts");
    expect(slow(all)).toEqual([]);
  });

  it.each([
    ["spaces before an end", "[\\s*:]+$"],
    ["a version that may end at each of its digits", "Version\\/(\\d+)[\\d.]* Safari"],
    ["two that share what they take", "^(a+)+$"],
  ])("would find out %s", (_, pattern) => {
    expect(slow([{ file: "", pattern, flags: "" }])).toHaveLength(1);
  });
});

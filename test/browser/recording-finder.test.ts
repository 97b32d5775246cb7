import { describe, expect, test } from "vitest";
import { Finder } from "../../src/web/tracker/lazy/recorder/finder";
import { maskPieces, veiledIn } from "../../src/web/tracker/lazy/recorder/texts";

const finderOf = (...values: string[]): Finder => new Finder(values.map((text) => ({ text, isNow: false })));
const masked = (finder: Finder, text: string): string => veiledIn(text, finder.find(text));

describe("a value that was entered", () => {
  test.each([
    ["Mia-Qvist", "Hello Mia-Qvist!", "Hello ••••••••!"],
    ["Mia Qvist", "MIA QVIST", "••••••••"],
    [" Mia Qvist ", "/find/Mia%20Qvist?x=1", "/find/••••••••?x=1"],
    ["Mia Qvist", "q=Mia+Qvist&x=1", "q=••••••••&x=1"],
    ["4242424242424242", "4242 4242-4242 4242", "••••••••"],
    ["4242 4242 4242 4242", "ends in 4242424242424242.", "ends in ••••••••."],
    ["Müller & Söhne", "/M%C3%BCller%20%26%20S%C3%B6hne", "/••••••••"],
    ["Müller & Söhne", "<b>Müller &amp; Söhne</b>", "<b>••••••••</b>"],
    ["Müller", "muller, Müller", "••••••••, ••••••••"],
    ["Straße 7", "STRASSE 7", "••••••••"],
    ["İzmir-35", "in İZMİR-35 or izmir-35", "in •••••••• or ••••••••"],
    ["$%&!§", "is $%&!§ it", "is •••••••• it"],
    ["日本語です", "「日本語です」", "「••••••••」"],
    ["a.b@c", "mail to a.b@c now", "mail to •••••••• now"],
    ["hunt", "shunting", "••••••••"],
  ])("%j is found in %j", (value, text, expected) => {
    expect(masked(finderOf(value), text)).toBe(expected);
  });

  test.each([
    ["abc", "abc is in abcdef"],
    ["hunter2", "a hunt for hunters"],
    ["4242", "24 24 1"],
    ["", "nothing"],
    ["   ", "a   b"],
  ])("%j is not found in %j", (value, text) => {
    expect(masked(finderOf(value), text)).toBe(text);
  });

  test("is found by its beginning: of eight letters, or of four while it is typed", () => {
    expect(masked(finderOf("Copenhagen-12"), "to Copenhag, Copenha")).toBe("to ••••••••, Copenha");
    const typed = new Finder([{ text: "Copenhagen-12", isNow: true }]);
    expect(masked(typed, "to Copenha, Cope, Cop")).toBe("to ••••••••, ••••••••, Cop");
    expect([...typed.beginnings]).toEqual(["copenha", "cope"]);
  });

  test("is found as a whole only, while it is short; of what is just begun each part is", () => {
    const finder = finderOf("737");
    expect(["737", " 737 ", "7", "1737", ""].map((text) => finder.isWhole(text))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    const begun = new Finder([{ text: "hun", isNow: true }]);
    expect(["h", "un", "hun", "x", ""].map((text) => begun.isWhole(text))).toEqual([true, true, true, false, false]);
  });

  test("is found where it is split, and what is beside it stays", () => {
    const texts = ["Dear ", "M", "ia", "-Qv", "ist, wel", "come"];
    const set: string[] = [];
    maskPieces(
      texts.map((text, i) => ({
        text,
        set: (to) => {
          set[i] = to;
        },
      })),
      finderOf("Mia-Qvist"),
    );
    expect(set).toEqual(["Dear ", "•", "••", "•••", "•••, wel", "come"]);
  });

  test("costs time in proportion to the text, whatever the text is", () => {
    const values = Array.from({ length: 500 }, (_, i) => `aaaaaaaaaaaaaaaa${i}`);
    const finder = finderOf(...values, "a".repeat(10_000));
    const time = (length: number): number => {
      const from = performance.now();
      finder.find("a".repeat(length));
      return performance.now() - from;
    };
    time(20_000);
    expect(time(400_000)).toBeLessThan(20_000);
  });
});

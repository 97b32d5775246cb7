import { describe, expect, it } from "vitest";
import {
  FormError,
  formReader,
  isFields,
  isFlag,
  isList,
  isNumber,
  isText,
  listOf,
  oneOf,
  orAbsent,
  orNull,
  readText,
  shaped,
  unchanged,
} from "../../src/core/stored";

interface Note {
  v: number;
  text: string;
  at: number | null;
}

const read = formReader<Note>({
  name: "note",
  version: 3,
  shape: { text: isText, at: orNull(isNumber) },
  migrations: { 2: ({ words, ...rest }) => ({ ...rest, text: words, at: null }) },
});

const failure = (value: unknown): string => {
  try {
    read(value);
  } catch (error) {
    if (error instanceof FormError) return error.message;
  }
  return "";
};

describe("a stored form", () => {
  it("of this version is handed on as it is", () => {
    const note: Note = { v: 3, text: "hello", at: 7 };
    expect(read(note)).toBe(note);
    expect(readText(read, JSON.stringify(note))).toEqual(note);
  });

  it("of the version before is migrated", () => {
    expect(read({ v: 2, words: "hello" })).toEqual({ v: 3, text: "hello", at: null });
  });

  it("of a newer version is not read", () => {
    expect(failure({ v: 4, text: "hello", at: 7 })).toBe("note: version 4 is newer than this code, which reads 3");
  });

  it("of a version without a migration is not read", () => {
    expect(failure({ v: 1, words: "hello" })).toBe("note: version 1 is too old for this code, which reads 3");
    expect(failure({ v: 2.5, words: "hello" })).toContain("too old");
  });

  it("without a version, or that is no object, is not read", () => {
    for (const value of [{ text: "hello" }, { v: "3", text: "hello" }]) {
      expect(failure(value)).toBe("note has no version");
    }
    for (const value of [null, undefined, "text", 3, []]) expect(failure(value)).toBe("note is no object");
  });

  it("of before it had a version is version 0, where there is a migration from it", () => {
    const readOld = formReader<Note>({
      name: "note",
      version: 1,
      shape: { text: isText },
      migrations: { 0: unchanged },
    });
    expect(readOld({ text: "hello", at: 7 })).toEqual({ v: 1, text: "hello", at: 7 });
    expect(() => readOld({ v: "0", text: "hello" })).toThrow("note has no version");
    expect(() => readOld({ text: 5 })).toThrow("note: text has an unknown shape");
  });

  it("of another shape is not read, and the error does not show what is in it", () => {
    expect(failure({ v: 3, text: ["a secret"], at: 7 })).toBe("note: text has an unknown shape");
    expect(failure({ v: 3, text: "hello" })).toBe("note: at has an unknown shape");
    expect(failure({ v: 2, words: 5 })).toBe("note: text has an unknown shape");
  });
});

describe("a check", () => {
  it.each([
    ["a text", isText, ["", "a"], [1, null, undefined]],
    ["a number", isNumber, [0, 1.5], ["1", null]],
    ["a flag", isFlag, [true, false], [0, null]],
    ["a list", isList, [[], [1]], [{}, null]],
    ["fields", isFields, [{}, { a: 1 }], [[], null, "a"]],
    ["or null", orNull(isText), ["a", null], [undefined, 1]],
    ["or absent", orAbsent(isText), ["a", undefined], [null, 1]],
    ["a list of texts", listOf(isText), [[], ["a"]], [[1], "a"]],
    ["one of", oneOf("a", null), ["a", null], ["b", undefined]],
    ["shaped", shaped<Note>({ text: isText }), [{ text: "a", more: 1 }], [{}, null, { text: 1 }]],
  ])("%s", (_, check, good, bad) => {
    for (const value of good) expect(check(value)).toBe(true);
    for (const value of bad) expect(check(value)).toBe(false);
  });
});

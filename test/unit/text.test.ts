import { describe, expect, it } from "vitest";
import { MAX_JSON_DEPTH } from "../../src/limits";
import { isTooDeep } from "../../src/protocol/depth";
import { cleanText, parseJson } from "../../src/protocol/text";

const nested = (levels: number, open = "[", close = "]") => open.repeat(levels) + close.repeat(levels);
const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
const codeOf = (text: string, levels?: number) => {
  const parsed = parseJson(text, levels);
  return parsed.ok ? "ok" : parsed.refusal.code;
};

describe("text that may be stored", () => {
  it.each([
    ["plain", "plain"],
    ["", ""],
    ["a\0b\0", "ab"],
    ["\ud800", ""],
    ["a\udc00b", "ab"],
    ["\udc00\ud800", ""],
    // A pair is one character, and stays.
    ["\u{1f600}", "\u{1f600}"],
    ["\ud83d\u{1f600}", "\u{1f600}"],
    ["line\n\ttab", "line\n\ttab"],
  ])("is %j without NUL and surrogates that stand alone", (text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });
});

describe("JSON of a client", () => {
  it.each(["", "{", "undefined", "{'a':1}", "[1,]", "NaN"])("is refused when it is none: %j", (text) => {
    expect(parseJson(text)).toEqual({
      ok: false,
      refusal: { code: "invalid_json", detail: "The body is not JSON." },
    });
  });

  it.each(["null", "1", "true", '"text"', "[]", "{}", '[1,"a",null,{"b":[false,{}]}]'])(
    "is read as it is: %s",
    (text) => {
      expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
    },
  );

  it("loses what cannot be stored, in strings and in keys, at any depth", () => {
    expect(parseJson('"a\\u0000b"')).toEqual({ ok: true, value: "ab" });
    expect(parseJson('["\\ud800x",["y\\u0000"],{"a":"z\\udc00"},1,null,true]')).toEqual({
      ok: true,
      value: ["x", ["y"], { a: "z" }, 1, null, true],
    });
    expect(parseJson('{"k\\u0000":"v","n":{"\\ud800m":"w\\u0000"}}')).toEqual({
      ok: true,
      value: { k: "v", n: { m: "w" } },
    });
  });

  it.each<[string, number, boolean]>([
    ["[[]]", 2, false],
    ["[[]]", 1, true],
    ['{"a":{"b":[1]}}', 3, false],
    ['{"a":{"b":[1]}}', 2, true],
    ["[[],[],[],[]]", 2, false],
    ['["[[[[", "{{{{"]', 1, false],
    ['["\\\\", [[]]]', 2, true],
    ['["\\"[[[[", 1]', 1, false],
    ['["\\\\\\"[[[["]', 1, false],
    ['["[[[[', 1, false],
    ["\u155b\u157b[[", 2, false],
  ])("is measured in depth before it is parsed: %s in %i levels", (text, levels, deep) => {
    expect(isTooDeep(text, levels)).toBe(deep);
  });

  it("keeps escapes of what can be stored", () => {
    expect(parseJson('{"\\u00e4":"\\ud83d\\ude00"}')).toEqual({ ok: true, value: { ä: "\u{1f600}" } });
  });

  it("may be nested as deep as the limit, in lists and in objects, and no deeper", () => {
    expect(codeOf(nested(MAX_JSON_DEPTH))).toBe("ok");
    expect(codeOf(objects(MAX_JSON_DEPTH))).toBe("ok");
    expect(codeOf(nested(MAX_JSON_DEPTH + 1))).toBe("too_deep");
    expect(codeOf(objects(MAX_JSON_DEPTH + 1))).toBe("too_deep");
    expect(codeOf(`[1,${nested(MAX_JSON_DEPTH)}]`)).toBe("too_deep");
    expect(codeOf(`{"a":1,"b":${objects(MAX_JSON_DEPTH)}}`)).toBe("too_deep");
    expect(codeOf(`["\\u0041",${nested(MAX_JSON_DEPTH)}]`)).toBe("too_deep");
    expect(codeOf(`{"\\u0041":${objects(MAX_JSON_DEPTH)}}`)).toBe("too_deep");
  });

  it("has a limit of its own where one is given, and says which", () => {
    expect(codeOf(nested(2), 2)).toBe("ok");
    expect(codeOf('["text is no level"]', 1)).toBe("ok");
    expect(codeOf('["\\u0041"]', 1)).toBe("ok");
    expect(parseJson(nested(3), 2)).toEqual({
      ok: false,
      refusal: { code: "too_deep", detail: "JSON may be nested at most 2 levels." },
    });
  });

  it.each([
    '{"__proto__":1}',
    '{"a":{"__proto__":{}}}',
    '[{"__proto__":[]}]',
    '{"\\u005f_proto__":1}',
    '{"__pro\\u0000to__":1}',
  ])("may not name a prototype: %s", (text) => {
    expect(parseJson(text)).toEqual({
      ok: false,
      refusal: { code: "forbidden_key", detail: 'The key "__proto__" is not allowed.' },
    });
  });
});

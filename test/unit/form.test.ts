import { describe, expect, it } from "vitest";
import { readForm } from "../../src/edge/http/form";

const URLENCODED = "application/x-www-form-urlencoded";
const MULTIPART = "multipart/form-data; boundary=x";

type Body = string | Uint8Array<ArrayBuffer>;

const read = async (type: string, body: Body): Promise<Record<string, unknown>> => {
  const request = new Request("https://pulse.example/lead", {
    method: "POST",
    body,
    headers: { "Content-Type": type },
  });
  return (await readForm(request)).values;
};

/** One byte for each character: how text of one-byte charsets is written in these tests. */
const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (char) => char.charCodeAt(0));

const utf16 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([...text].flatMap((char) => [char.charCodeAt(0) & 0xff, char.charCodeAt(0) >> 8]));

const part = (name: string, value: string, head = ""): string =>
  `--x\r\nContent-Disposition: form-data; name="${name}"${head}\r\n\r\n${value}\r\n`;
const parts = (...all: string[]): Uint8Array<ArrayBuffer> => bytes(`${all.join("")}--x--\r\n`);

describe("the letters of a form", () => {
  it.each<[why: string, type: string, body: Body, name: string]>([
    ["UTF-8, escaped", URLENCODED, "name=%C3%98deg%C3%A5rd+J", "Ødegård J"],
    ["UTF-8, as it is", URLENCODED, "name=Ødegård", "Ødegård"],
    ["UTF-8 that is named so", `${URLENCODED}; charset=UTF-8`, "name=%C3%98", "Ø"],
    ["UTF-8 beside a bad byte", URLENCODED, "name=%C3%98deg%C3%A5rd&x=%E9", "Ødegård"],
    ["UTF-8 that is named so, beside one", `${URLENCODED}; charset=UTF-8`, "name=%C3%98deg%C3%A5rd&x=%E9", "Ødegård"],
    ["UTF-8 beside one, named Latin-1", `${URLENCODED}; charset=latin1`, "name=%C3%98deg%C3%A5rd&x=%E9", "Ødegård"],
    ["UTF-8 that is named ASCII", `${URLENCODED}; charset=us-ascii`, "name=%C3%98deg%C3%A5rd", "Ødegård"],
    ["UTF-8 that is named Latin-1", `${URLENCODED}; charset=iso-8859-1`, "name=%C3%98deg%C3%A5rd", "Ødegård"],
    ["UTF-8 that its field calls windows-1252", URLENCODED, "name=%C3%98&_charset_=windows-1252", "Ø"],
    ["Japanese beside a bad byte", `${URLENCODED}; charset=Shift_JIS`, "name=%8ER%93c&x=%81", "山田"],
    ["UTF-8 with a mark before it", URLENCODED, new Uint8Array([0xef, 0xbb, 0xbf, ...bytes("name=a")]), "a"],
    ["Latin-1 that names itself", `${URLENCODED}; charset=ISO-8859-1`, "name=M%FCller", "Müller"],
    ["Latin-1, as it is", `${URLENCODED}; charset=iso-8859-1`, bytes("name=M\xfcller"), "Müller"],
    ["windows-1252 that says nothing", URLENCODED, "name=%80+M%fcller%92s", "€ Müller’s"],
    ["windows-1252 that says it is UTF-8", `${URLENCODED};charset=utf-8`, "name=M%FCller", "Müller"],
    ["windows-1252 in a charset of nobody's", `${URLENCODED};charset=klingon`, "name=M%FCller", "Müller"],
    ["a charset that may not be read", `${URLENCODED};charset=iso-2022-kr`, "name=M%FCller", "Müller"],
    ["UTF-8 in a charset of nobody's", `${URLENCODED};charset=klingon`, "name=M%C3%BCller", "Müller"],
    ["Central European", `${URLENCODED}; charset="ISO-8859-2"`, "name=%A3ukasz", "Łukasz"],
    ["Russian", `${URLENCODED}; charset=koi8-r`, "name=%E1%CE%CE%C1", "Анна"],
    ["Russian of Windows", `${URLENCODED};CHARSET='windows-1251'`, "name=%C0%ED%ED%E0", "Анна"],
    ["Japanese", `${URLENCODED}; charset=Shift_JIS`, "name=%8ER%93c%83%5C", "山田ソ"],
    ["Chinese", `${URLENCODED}; charset=gbk`, "name=%CD%F5", "王"],
    ["Korean", `${URLENCODED}; charset=euc-kr`, "name=%B1%E8", "김"],
    ["what its field says", URLENCODED, "_charset_=windows-1251&name=%C0%ED%ED%E0", "Анна"],
    ["what its field says, behind", URLENCODED, "name=%C0%ED%ED%E0&_CHARSET_=windows-1251", "Анна"],
    ["the type before the field", `${URLENCODED};charset=koi8-r`, "_charset_=windows-1251&name=%E1", "А"],
    ["a field of nonsense", URLENCODED, "_charset_=nonsense&name=%FC", "ü"],
    [
      "what the charset lacks",
      `${URLENCODED};charset=latin1`,
      "name=%26%23321%3Bukasz+%FC+%26%23128512%3B",
      "Łukasz ü 😀",
    ],
    ["what only looks like that", `${URLENCODED};charset=latin1`, "name=%26%23038%3B%26%2355296%3B", "&#038;&#55296;"],
    ["what is typed in UTF-8", URLENCODED, "name=%26%23321%3B", "&#321;"],
    ["UTF-16 that names itself", `${URLENCODED};charset=utf-16le`, utf16("name=\xfc"), "ü"],
    ["UTF-16 with a mark", URLENCODED, utf16("\ufeffname=\xfc"), "ü"],
    ["UTF-16 in name only", `${URLENCODED};charset=utf-16`, "name=anna", "anna"],
    ["a percent sign that is none", `${URLENCODED};charset=latin1`, "name=100%25+%zz%F", "100% %zz%F"],
    ["parts in UTF-8", MULTIPART, `${part("name", "Ødegård")}--x--\r\n`, "Ødegård"],
    ["parts that say nothing", MULTIPART, parts(part("name", "M\xfcller")), "Müller"],
    ["parts by the body's type", `${MULTIPART}; charset=koi8-r`, parts(part("name", "\xe1")), "А"],
    ["parts by the form's field", MULTIPART, parts(part("name", "\xc0"), part("_charset_", "windows-1251")), "А"],
    [
      "a part by its own type",
      MULTIPART,
      parts(part("name", "\xe1\xce", "\r\nContent-Type: text/plain; charset=koi8-r"), part("b", "M\xfc")),
      "Ан",
    ],
    [
      "a part of UTF-8 that it calls ASCII",
      MULTIPART,
      parts(part("name", "\xc3\x98", "\r\nContent-Type: text/plain; charset=us-ascii"), part("b", "M\xfc")),
      "Ø",
    ],
    [
      "a part in none of its own",
      MULTIPART,
      parts(part("name", "M\xfc", "\r\nContent-Type: text/plain; charset=utf-8")),
      "Mü",
    ],
  ])("are kept: %s", async (_, type, body, name) => {
    const values = await read(type, body);
    expect(values["name"]).toBe(name);
    expect(Object.keys(values).filter((key) => /charset/i.test(key))).toEqual([]);
  });

  it("are kept in the names of fields too", async () => {
    expect(await read(URLENCODED, "m%FCde=%FC&a=%C3%BC")).toEqual({ müde: "ü", a: "ü" });
    expect(await read(MULTIPART, parts(part("m\xfcde", "1"), part("m\xfcde", "2")))).toEqual({ müde: ["1", "2"] });
  });

  it("are read in time that grows with the body alone", async () => {
    const started = Date.now();
    await read(`${URLENCODED};charset=gbk`, `a=${"%81".repeat(21_000)}`);
    await read(URLENCODED, `a=${"&#".repeat(10)}${"%26%23".repeat(10_000)}`);
    await read(`${URLENCODED};${" ".repeat(8_000)}charset`, "a=1");
    expect(Date.now() - started).toBeLessThan(1_000);
  });
});

describe("a multipart body", () => {
  it.each([
    ["without a boundary", "multipart/form-data", parts(part("a", "1"))],
    ["with another boundary", "multipart/form-data; boundary=y", parts(part("a", "1"))],
    ["that breaks off", MULTIPART, bytes(part("a", "1"))],
    ["with a part without a name", MULTIPART, bytes("--x\r\nContent-Type: text/plain\r\n\r\n1\r\n--x--\r\n")],
    ["with a file", MULTIPART, parts(part("cv", "%PDF", '; filename="cv.pdf"'))],
  ])("%s is refused", async (_, type, body) => {
    await expect(read(type, body)).rejects.toMatchObject({ code: "invalid_body" });
  });

  it("may have an empty file, which is no field", async () => {
    expect(await read(MULTIPART, parts(part("a", "1"), part("cv", "", '; filename=""')))).toEqual({ a: "1" });
  });

  it("has its values as they came, line breaks and blanks too", async () => {
    expect(await read(MULTIPART, parts(part("a", " 1\r\n\r\n--y 2\n")))).toEqual({ a: " 1\r\n\r\n--y 2\n" });
  });
});

it("JSON is UTF-8, as its standard says", async () => {
  const type = "application/json; charset=iso-8859-1";
  expect(await read(type, '{"name":"Ødegård"}')).toEqual({ name: "Ødegård" });
  await expect(read(type, bytes('{"name":"M\xfcller"}'))).rejects.toMatchObject({ code: "not_utf8" });
});

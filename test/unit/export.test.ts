import { describe, expect, it } from "vitest";
import { csvCell } from "../../src/core/csv";
import { EXPORT_CHUNK_BYTES } from "../../src/edge/http/chunk";
import { exportFormat, exportRows, pagesFrom, wantsBom } from "../../src/edge/http/export";

const asked = (accept: string) => exportFormat(new Request("https://x.example", { headers: { Accept: accept } }));

describe("the format of a list", () => {
  it.each([
    ["text/csv", "csv"],
    ["application/x-ndjson", "ndjson"],
    ["TEXT/CSV; q=0.9, text/plain", "csv"],
    ["text/csv;q=0.5, application/x-ndjson", "ndjson"],
    ["text/csv;q=0.5, application/json", null],
    ["text/csv;q=0", null],
    ["*/*", null],
    ["text/html,application/xhtml+xml,*/*;q=0.8", null],
    ["", null],
  ])("asked for by %j is %j", (accept, format) => {
    expect(asked(accept)).toBe(format);
  });
});

describe("a CSV cell", () => {
  it.each([
    [null, ""],
    [undefined, ""],
    [0, "0"],
    [-5, "-5"],
    [true, "true"],
    ["plain", "plain"],
    ['say "hi"', '"say ""hi"""'],
    ["a,b", '"a,b"'],
    ["two\r\nlines", '"two\r\nlines"'],
    [" blank ", '" blank "'],
    [{ a: 1, b: "x,y" }, '"{""a"":1,""b"":""x,y""}"'],
    [[1, 2], '"[1,2]"'],
  ])("of %j is %j", (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });

  it.each([
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1+1",
    "＝1",
    "－2",
    '=HYPERLINK("x")',
    "\u00a0=1",
  ])("that a spreadsheet would run as a formula is text: %j", (text) => {
    expect(csvCell(text).replace(/^"/, "")).toMatch(/^'/);
  });
});

async function* pages<T>(...lists: T[][]): AsyncGenerator<T[]> {
  yield* lists;
}

interface Row {
  id: number;
  name: string;
}

const columns = [
  ["id", (row: Row) => row.id],
  ["name", (row: Row) => row.name],
] as const;

describe("an export", () => {
  it("is CSV with a header line, or a JSON object a line, empty pages left out", async () => {
    const rows = () => pages([{ id: 1, name: "a" }], [], [{ id: 2, name: "=b" }]);
    const csv = await exportRows({ format: "csv", name: "things", columns, pages: rows() });
    expect(csv.headers.get("Content-Type")).toMatch(/^text\/csv; charset=utf-8/);
    expect(csv.headers.get("Content-Disposition")).toBe('attachment; filename="things.csv"');
    expect(await csv.text()).toBe("id,name\r\n1,a\r\n2,'=b\r\n");
    const ndjson = await exportRows({ format: "ndjson", name: "things", columns, pages: rows() });
    expect(await ndjson.text()).toBe('{"id":1,"name":"a"}\n{"id":2,"name":"=b"}\n');
  });

  it("begins with a mark for Excel where that is asked for", async () => {
    const csv = await exportRows({
      format: "csv",
      name: "x",
      columns,
      pages: pages([{ id: 1, name: "Ø" }]),
      bom: true,
    });
    expect(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await csv.arrayBuffer())).toBe(
      "\ufeffid,name\r\n1,Ø\r\n",
    );
    const wants = (accept: string) => wantsBom(new Request("https://x.example", { headers: { Accept: accept } }));
    for (const accept of ["text/csv; bom=true", "application/json;q=0.1, TEXT/CSV;q=1;BOM=1", 'text/csv;bom="true"'])
      expect(wants(accept)).toBe(true);
    for (const accept of ["text/csv", "text/csv;bom=false", "text/csv, x/y;bom=true", "*/*"])
      expect(wants(accept)).toBe(false);
    expect(asked("text/csv; bom=true")).toBe("csv");
  });

  it("of nothing is a header line, or nothing", async () => {
    expect(await (await exportRows({ format: "csv", name: "x", columns, pages: pages<Row>() })).text()).toBe(
      "id,name\r\n",
    );
    expect(await (await exportRows({ format: "ndjson", name: "x", columns, pages: pages<Row>([]) })).text()).toBe("");
  });

  it("reads no page before it is taken, and none after the client has left", async () => {
    let read = 0;
    let isOver = false;
    const endless = async function* () {
      try {
        for (;;) yield [{ id: read++, name: "x" }];
      } finally {
        isOver = true;
      }
    };
    const response = await exportRows({ format: "ndjson", name: "x", columns, pages: endless() });
    expect(read).toBe(1);
    const reader = response.body?.getReader();
    for (let i = 0; i < 3; i++) await reader?.read();
    expect(read).toBeLessThanOrEqual(4);
    await reader?.cancel();
    expect(isOver).toBe(true);
  });

  it("is sent in chunks of whole lines, each made when it is asked for", async () => {
    let made = 0;
    const name = "ä€😀".repeat(400);
    const rows = function* () {
      for (let id = 0; id < 200; id++) {
        made += 1;
        yield { id, name: id === 150 ? name.repeat(50) : name };
      }
    };
    const all = [...rows()];
    made = 0;
    const response = await exportRows({
      format: "ndjson",
      name: "x",
      columns,
      pages: pages<Row>([], [...rows()], all),
    });
    expect(await response.text()).toBe([...all, ...all].map((row) => `${JSON.stringify(row)}\n`).join(""));
    made = 0;
    const lazy = async function* () {
      yield rows();
    };
    const { body } = await exportRows({ format: "csv", name: "x", columns, pages: lazy() });
    let last = 0;
    let text = "";
    for await (const chunk of body ?? []) {
      expect(made - last).toBeLessThan(30);
      last = made;
      const part = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(chunk);
      expect(part.endsWith("\r\n")).toBe(true);
      // A line that is larger than a chunk comes by itself.
      if (part.split("\r\n").length > 2) expect(chunk.length).toBeLessThanOrEqual(EXPORT_CHUNK_BYTES);
      text += part;
    }
    expect(text).toBe(`id,name\r\n${all.map(({ id, name: one }) => `${id},${one}\r\n`).join("")}`);
  });

  it("that fails at once throws, and that fails later breaks off", async () => {
    const failing = async function* (first: boolean) {
      if (first) yield [{ id: 1, name: "a" }];
      throw new Error("D1_ERROR");
    };
    await expect(exportRows({ format: "csv", name: "x", columns, pages: failing(false) })).rejects.toThrow("D1_ERROR");
    const response = await exportRows({ format: "csv", name: "x", columns, pages: failing(true) });
    await expect(response.text()).rejects.toThrow("D1_ERROR");
  });

  it("follows cursors to the end", async () => {
    const read = async (cursor: string | null) => {
      const at = Number(cursor ?? 0);
      return { rows: [at], next: at < 3 ? String(at + 1) : null };
    };
    const seen: number[] = [];
    for await (const page of pagesFrom("1", read)) seen.push(...page);
    expect(seen).toEqual([1, 2, 3]);
  });
});

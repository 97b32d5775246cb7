import { csvCell } from "../../core/csv";
import { headerOf } from "../../protocol/header";
import { LineChunk } from "./chunk";

/** Lists as files, CSV or NDJSON: written while they are read, so that memory does not grow with the rows. */

export type ExportFormat = "csv" | "ndjson";

const TYPES: Record<ExportFormat, string> = {
  csv: "text/csv; charset=utf-8; header=present",
  ndjson: "application/x-ndjson; charset=utf-8",
};

/** The format that `Accept` asks for; null for JSON, the usual one. */
export function exportFormat(request: Request): ExportFormat | null {
  const wanted = (headerOf(request.headers, "Accept") ?? "")
    .split(",")
    .map((part) => part.trim().toLowerCase())
    .map((part) => ({ type: part.split(";", 1)[0]?.trim(), q: Number(/;\s*q=([\d.]+)/.exec(part)?.[1] ?? 1) }))
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q);
  for (const { type } of wanted) {
    if (type === "application/json") return null;
    if (type === "text/csv") return "csv";
    if (type === "application/x-ndjson") return "ndjson";
  }
  return null;
}

/**
 * Whether CSV begins with a byte-order mark (`Accept: text/csv; bom=true`). Excel reads a file without one in the computer's own
 * code page, and shows wrong letters.
 */
export const wantsBom = (request: Request): boolean =>
  (headerOf(request.headers, "Accept") ?? "")
    .toLowerCase()
    .split(",")
    .map((type) => type.split(";").map((part) => part.trim()))
    .some(([type, ...parameters]) => type === "text/csv" && parameters.some((parameter) => BOM.has(parameter)));

const BOM = new Set(["bom=true", 'bom="true"', "bom=1", 'bom="1"']);

/** The columns of a CSV file: a name, and the cell of a row. NDJSON has whole rows instead. */
export type Columns<T> = readonly (readonly [name: string, cell: (row: T) => unknown])[];

/** Columns that are a row's own fields, by name. */
export const columnsOf = <T extends object>(names: readonly (keyof T & string)[]): Columns<T> =>
  names.map((name) => [name, (row) => row[name]]);

/** Columns that are fields of rows of any shape, by name. */
export const fieldColumns = (names: readonly string[]): Columns<Readonly<Record<string, unknown>>> =>
  columnsOf<Readonly<Record<string, unknown>>>(names);

const csvRow = (cells: readonly unknown[]): string => cells.map(csvCell).join(",");

export interface ExportOptions<T> {
  format: ExportFormat;
  /** The file's name, without its ending. */
  name: string;
  columns: Columns<T>;
  /** Rows, a page at a time. The next page is read when the client has taken the one before. */
  pages: AsyncIterable<Iterable<T>>;
  headers?: Record<string, string>;
  /** CSV begins with a byte-order mark. */
  bom?: boolean;
}

/**
 * Streams a list. The first page is read before the answer begins, so that an error there still becomes a problem response. A
 * later error breaks the connection off, so that a client can tell a whole file from half of one.
 */
export async function exportRows<T>({
  format,
  name,
  columns,
  pages,
  headers,
  bom = false,
}: ExportOptions<T>): Promise<Response> {
  const textOf = (row: T): string =>
    format === "csv" ? csvRow(columns.map(([, cell]) => cell(row))) : JSON.stringify(row);
  const end = format === "csv" ? "\r\n" : "\n";
  const iterator = pages[Symbol.asyncIterator]();
  let page = await iterator.next();
  let rows = rowsOf(page);
  /** The next line, or null after the last. A line that does not fit into a chunk waits here for the next chunk. */
  let text = format === "csv" ? `${bom ? "\ufeff" : ""}${csvRow(columns.map(([column]) => column))}` : nextText();
  function nextText(): string | null {
    const row = rows.next();
    return row.done ? null : textOf(row.value);
  }
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        while (text === null && !page.done) {
          page = await iterator.next();
          rows = rowsOf(page);
          text = nextText();
        }
        if (text === null) return controller.close();
        const chunk = new LineChunk(text, end);
        do text = nextText();
        while (text !== null && chunk.add(text, end));
        controller.enqueue(chunk.bytes());
      },
      cancel: async () => {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      "Content-Type": TYPES[format],
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "Content-Disposition": `attachment; filename="${name}.${format}"`,
      Vary: "Accept",
      ...headers,
    },
  });
}

const rowsOf = <T>(page: IteratorResult<Iterable<T>>): Iterator<T> => (page.done ? [] : page.value)[Symbol.iterator]();

/** A page of a list. `next`: the cursor of the next page; null after the last. */
export interface ListPage<T> {
  rows: Iterable<T>;
  next: string | null;
}

/** Page after page. Each is read when it is asked for. */
export async function* pagesFrom<T>(
  cursor: string | null,
  read: (cursor: string | null) => Promise<ListPage<T>>,
): AsyncGenerator<Iterable<T>> {
  for (let at = cursor; ; ) {
    const { rows, next } = await read(at);
    yield rows;
    if (next === null) return;
    at = next;
  }
}

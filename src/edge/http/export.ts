import { csvCell } from "../../core/csv";
import { headerOf } from "../../protocol/header";
import { Chunk } from "./chunk";

/** Lists as files: CSV and NDJSON, written as they are read, so that memory does not grow with the rows. */

export type ExportFormat = "csv" | "ndjson";

const TYPES: Record<ExportFormat, string> = {
  csv: "text/csv; charset=utf-8; header=present",
  ndjson: "application/x-ndjson; charset=utf-8",
};

/** The format a request asks for by `Accept`; null for JSON, which is what it gets unless it names another. */
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
 * Whether CSV is to begin with a byte-order mark (`Accept: text/csv; bom=true`): Excel takes a file without one for text of
 * the computer's own code page, and shows other letters.
 */
export const wantsBom = (request: Request): boolean =>
  (headerOf(request.headers, "Accept") ?? "")
    .toLowerCase()
    .split(",")
    .map((type) => type.split(";").map((part) => part.trim()))
    .some(([type, ...parameters]) => type === "text/csv" && parameters.some((parameter) => BOM.has(parameter)));

const BOM = new Set(["bom=true", 'bom="true"', "bom=1", 'bom="1"']);

/** A column of a CSV file: its name, and its cell of a row. NDJSON has whole rows instead. */
export type Columns<T> = readonly (readonly [name: string, cell: (row: T) => unknown])[];

/** Columns that are a row's own fields. */
export const fieldColumns = (names: readonly string[]): Columns<Readonly<Record<string, unknown>>> =>
  names.map((name) => [name, (row) => row[name]]);

const csvRow = (cells: readonly unknown[]): string => cells.map(csvCell).join(",");

export interface ExportOptions<T> {
  format: ExportFormat;
  /** The file's name, without its ending. */
  name: string;
  columns: Columns<T>;
  /** Rows, a page at a time: the next page is read when the client has taken the one before. A row is made at its turn. */
  pages: AsyncIterable<Iterable<T>>;
  headers?: Record<string, string>;
  /** CSV begins with a byte-order mark. */
  bom?: boolean;
}

/**
 * Streams a list. The first page is read before anything is answered, so that an error then is still a problem; one that
 * comes later breaks the connection off, so that a client can tell a whole file from half of one.
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
  /** Of the next line, if there is one: it waits here when it does not fit any more. */
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
        const chunk = new Chunk(text, end);
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
      ...{ "Content-Type": TYPES[format], "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" },
      ...{ "Content-Disposition": `attachment; filename="${name}.${format}"`, Vary: "Accept" },
      ...headers,
    },
  });
}

const rowsOf = <T>(page: IteratorResult<Iterable<T>>): Iterator<T> => (page.done ? [] : page.value)[Symbol.iterator]();

/** A page of a list, and the cursor of the next one; null after the last. */
export interface Page<T> {
  rows: Iterable<T>;
  next: string | null;
}

/** Page after page, each read when it is asked for. */
export async function* pagesFrom<T>(
  cursor: string | null,
  read: (cursor: string | null) => Promise<Page<T>>,
): AsyncGenerator<Iterable<T>> {
  for (let at = cursor; ; ) {
    const { rows, next } = await read(at);
    yield rows;
    if (next === null) return;
    at = next;
  }
}

/** Lists as files: CSV and NDJSON, written as they are read, so that memory does not grow with the rows. */

export type ExportFormat = "csv" | "ndjson";

const TYPES: Record<ExportFormat, string> = {
  csv: "text/csv; charset=utf-8; header=present",
  ndjson: "application/x-ndjson; charset=utf-8",
};

/** The format a request asks for by `Accept`; null for JSON, which is what it gets unless it names another. */
export function exportFormat(request: Request): ExportFormat | null {
  const wanted = (request.headers.get("Accept") ?? "")
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

/** A column of a CSV file: its name, and its cell of a row. NDJSON has whole rows instead. */
export type Columns<T> = readonly (readonly [name: string, cell: (row: T) => unknown])[];

/** Columns that are a row's own fields. */
export const fieldColumns = (names: readonly string[]): Columns<Readonly<Record<string, unknown>>> =>
  names.map((name) => [name, (row) => row[name]]);

/**
 * What a spreadsheet would run as a formula: a text that begins, after blanks, with one of OWASP's characters (their
 * full-width forms included) or a control character. Such a text gets a ' in front. Numbers are written as numbers.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;

/** One cell (RFC 4180): quoted where it must be; objects as JSON. */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const csvLine = (cells: readonly unknown[]): string => `${cells.map(csvCell).join(",")}\r\n`;

export interface ExportOptions<T> {
  format: ExportFormat;
  /** The file's name, without its ending. */
  name: string;
  columns: Columns<T>;
  /** Rows, a page at a time: the next page is read when the client has taken the one before. */
  pages: AsyncIterable<readonly T[]>;
  headers?: Record<string, string>;
}

/**
 * Streams a list. The first page is read before anything is answered, so that an error then is still a problem; one that
 * comes later breaks the connection off, so that a client can tell a whole file from half of one.
 */
export async function exportRows<T>({ format, name, columns, pages, headers }: ExportOptions<T>): Promise<Response> {
  const iterator = pages[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  const toText = (rows: readonly T[]): string =>
    format === "csv"
      ? rows.map((row) => csvLine(columns.map(([, cell]) => cell(row)))).join("")
      : rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  let head = format === "csv" ? csvLine(columns.map(([column]) => column)) : "";
  let first: IteratorResult<readonly T[]> | null = await iterator.next();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let text = head;
        let isLast = false;
        head = "";
        do {
          const page = first ?? (await iterator.next());
          first = null;
          isLast = page.done ?? false;
          if (!page.done) text += toText(page.value);
        } while (text === "" && !isLast);
        if (text !== "") controller.enqueue(encoder.encode(text));
        if (isLast) controller.close();
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

/** A page of a list, and the cursor of the next one; null after the last. */
export interface Page<T> {
  rows: readonly T[];
  next: string | null;
}

/** Page after page, each read when it is asked for. */
export async function* pagesFrom<T>(
  cursor: string | null,
  read: (cursor: string | null) => Promise<Page<T>>,
): AsyncGenerator<readonly T[]> {
  for (let at = cursor; ; ) {
    const { rows, next } = await read(at);
    yield rows;
    if (next === null) return;
    at = next;
  }
}

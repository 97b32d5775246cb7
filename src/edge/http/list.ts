import { Problem } from "../../protocol/problem";
import { hasScope } from "./auth";
import type { KeyedContext } from "./context-keyed";
import { type Columns, exportFormat, exportRows, type ListPage, pagesFrom, wantsBom } from "./export";
import { periodAnswer } from "./period-answer";

/** Rows that an export reads at a time: about a megabyte of sessions. */
const EXPORT_PAGE_ROWS = 500;

export interface ListAnswer<T> {
  /** The name of an exported file. */
  name: string;
  columns: Columns<T>;
  query: { limit: number; cursor?: string | undefined };
  read: (cursor: string | null, limit: number) => Promise<ListPage<T>>;
  /** Other members of the JSON answer, beside `data` and `next_cursor`. */
  more?: object;
  headers?: Record<string, string>;
  /** The period of the list. Once it is over, the JSON has a tag. */
  period?: { to: number };
}

/**
 * Answers a list in the form that the caller asks for. JSON is one page. CSV and NDJSON are one page if the caller gave a `limit`
 * (`X-Next-Cursor` has its next cursor), else everything from the cursor on.
 */
export async function answerList<T>(context: KeyedContext, list: ListAnswer<T>): Promise<Response> {
  const { request, url, caller } = context;
  const { name, columns, query, read, more, headers = {}, period = { to: Number.POSITIVE_INFINITY } } = list;
  const { limit, cursor = null } = query;
  const format = exportFormat(request);
  if (format && !hasScope(caller, "export")) {
    throw new Problem("scope_missing", "A list as a file needs a key with the scope export.");
  }
  if (format && !url.searchParams.has("limit")) {
    const pages = pagesFrom(cursor, (at) => read(at, EXPORT_PAGE_ROWS));
    return exportRows({ format, name, columns, pages, headers, bom: wantsBom(request) });
  }
  const { rows, next } = await read(cursor, limit);
  if (!format) {
    const body = { data: [...rows], next_cursor: next, ...more };
    return periodAnswer(request, period, body, headers);
  }
  const withCursor = next === null ? headers : { ...headers, "X-Next-Cursor": next };
  return exportRows({ format, name, columns, pages: onePage(rows), headers: withCursor, bom: wantsBom(request) });
}

async function* onePage<T>(rows: Iterable<T>): AsyncGenerator<Iterable<T>> {
  yield rows;
}

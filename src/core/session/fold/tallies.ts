import { BUILT_IN_TYPES } from "../../../protocol/types";
import type { Views } from "./views";

/** Counts by type and by page, as a session's row keeps them. */

type Counts = Readonly<Record<string, number>>;

export const sumOf = (counts: Counts): number => Object.values(counts).reduce((sum, n) => sum + n, 0);

/** The order is stored, so new types are added at the end. */
const TYPES: readonly string[] = [...BUILT_IN_TYPES];

const isRecord = (value: unknown): value is Record<string, number> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A number for each built-in type, up to the last that is not 0, then the other types by name. */
export function writeCounts(counts: Counts): unknown[] {
  const known = TYPES.map((type) => counts[type] ?? 0);
  const others = Object.entries(counts).filter(([type]) => !BUILT_IN_TYPES.has(type));
  const end = known.findLastIndex((n) => n > 0) + 1;
  return others.length > 0 ? [...known.slice(0, end), Object.fromEntries(others)] : known.slice(0, end);
}

export function readCounts(stored: unknown): Record<string, number> {
  if (!Array.isArray(stored)) return isRecord(stored) ? stored : {};
  const counts: Record<string, number> = {};
  for (const [i, n] of stored.entries()) {
    if (isRecord(n)) Object.assign(counts, n);
    else if (typeof n === "number" && n > 0) counts[TYPES[i] ?? ""] = n;
  }
  return counts;
}

/** The last origin found, with a slash. Parsing a URL is most of the work of reading a row, and origins repeat. */
let lastOrigin = "";

function originOf(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  if (lastOrigin !== "" && url.startsWith(lastOrigin)) return lastOrigin.slice(0, -1);
  const origin = URL.parse(url)?.origin;
  if (origin !== undefined && url.startsWith(`${origin}/`)) lastOrigin = `${origin}/`;
  return origin;
}

/** The first page is written whole. Other pages of its origin are written without the origin. */
export function writeViews(views: Views): Views {
  const origin = originOf(Object.keys(views)[0]);
  const entries = Object.entries(views).map(([page, n], i) => {
    return [i > 0 && origin && page.startsWith(`${origin}/`) ? page.slice(origin.length) : page, n] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * The views have no prototype. With one, each sequence of pages would leave a hidden class in the heap, and a long export reads a
 * hundred thousand sequences.
 */
export function readViews(stored: unknown): Views {
  const views: Record<string, number> = Object.create(null);
  if (!isRecord(stored)) return views;
  const entries = Object.entries(stored);
  const origin = originOf(entries[0]?.[0]) ?? "";
  for (const [page, n] of entries) views[page.startsWith("/") ? `${origin}${page}` : page] = n;
  return views;
}

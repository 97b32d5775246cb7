/** The first `limit` of `rows`, and the last of them if there are more: lists ask for one row too many. */
export function cutPage<T>(rows: readonly T[], limit: number): { page: T[]; last: T | null } {
  const page = rows.slice(0, limit);
  return { page, last: rows.length > limit ? (page.at(-1) ?? null) : null };
}

/**
 * The upper bound of a page that begins after a row of time `at` (undefined for the first page), in a range that ends at `to`. Of
 * two upper bounds SQLite seeks by the first that it finds: with the range's own it would read all earlier pages again.
 */
export const pageEnd = (to: number, at: number | undefined): number => (at === undefined ? to : Math.min(to, at + 1));

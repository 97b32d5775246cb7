/** The first `limit` of `rows`, and the last of them if there are more: lists ask for one row too many. */
export function cutPage<T>(rows: readonly T[], limit: number): { page: T[]; last: T | null } {
  const page = rows.slice(0, limit);
  return { page, last: rows.length > limit ? (page.at(-1) ?? null) : null };
}

import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import { putSessions } from "../support/rows";
import { makeSessions } from "../support/sessions";
import { read } from "./helpers";

interface Page {
  data: { session_id: string }[];
  next_cursor: string | null;
}

it("a late page of a list reads no more rows than an early one", async () => {
  const FROM = Date.UTC(2027, 0, 1);
  const DAY = 86_400_000;
  await putSessions(makeSessions(Math.random, 300, FROM, 10 * DAY));
  const prototype = Object.getPrototypeOf(env.DB.prepare("SELECT 1")) as D1PreparedStatement;
  const all = vi.spyOn(prototype, "all");
  const query = `/analytics/sessions?from=${FROM}&to=${FROM + 10 * DAY}&bots=include&limit=20`;
  const [seen, reads] = [new Set<string>(), [] as number[]];
  for (let cursor: string | null = ""; cursor !== null; ) {
    all.mockClear();
    const page: Page = await read<Page>(cursor ? `${query}&cursor=${cursor}` : query);
    for (const { session_id } of page.data) seen.add(session_id);
    const results = await Promise.all(all.mock.results.map(({ value }) => value as Promise<D1Result>));
    reads.push(results.reduce((sum, { meta }) => sum + meta.rows_read, 0));
    cursor = page.next_cursor;
  }
  all.mockRestore();
  expect(seen.size).toBe(300);
  expect(reads).toHaveLength(15);
  expect(Math.min(...reads)).toBeGreaterThan(0);
  // A row of the index and one of the table each, and what is beside the list.
  expect(Math.max(...reads)).toBeLessThan(2 * 21 + 20);
});

import { runInDurableObject } from "cloudflare:test";
import { afterEach, expect, it, vi } from "vitest";
import { callOf, evict, identified, journalOf, liveOf, someEvents, stateOf, stubOf, take } from "../support/visit";

/** A session whose journal another version of the code has written. */

afterEach(() => {
  vi.restoreAllMocks();
});

const run = (id: string, ...statements: string[]): Promise<unknown> =>
  runInDurableObject(stubOf(id), (_, { storage }) => statements.map((one) => storage.sql.exec(one).toArray()));

it("is migrated from the version directly before when its actor wakes", async () => {
  const id = crypto.randomUUID();
  await take(callOf(id, { events: someEvents(2) }));
  await identified(id);
  const before = await stateOf(id);
  const unwritten = await journalOf(id);
  // Version 2 had the head in a table of its own.
  await run(
    id,
    `CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), v INTEGER NOT NULL, head TEXT NOT NULL, progress TEXT NOT NULL,
       snapshot TEXT)`,
    "INSERT INTO head SELECT 1, 2, body, progress, snapshot FROM journal WHERE lo = 0",
    "DELETE FROM journal WHERE lo = 0",
    "ALTER TABLE journal DROP COLUMN progress",
    "ALTER TABLE journal DROP COLUMN snapshot",
  );
  await evict(id);
  expect(await stateOf(id)).toEqual(before);
  expect(await run(id, "SELECT hi FROM journal WHERE lo = 0")).toEqual([[{ hi: 3 }]]);
  expect(await run(id, "SELECT name FROM sqlite_master WHERE name = 'head'")).toEqual([[]]);
  expect(await journalOf(id)).toEqual(unwritten);
  await evict(id);
  expect(await stateOf(id)).toEqual(before);
});

it.each([
  ["journal", "UPDATE journal SET hi = 4 WHERE lo = 0", "UPDATE journal SET hi = 3 WHERE lo = 0"],
  [
    "head",
    "UPDATE journal SET body = replace(body, '\"v\":1', '\"v\":2') WHERE lo = 0",
    "UPDATE journal SET body = replace(body, '\"v\":2', '\"v\":1') WHERE lo = 0",
  ],
])("is refused, and left as it is, where its %s is of a newer version", async (_, raise, lower) => {
  const id = crypto.randomUUID();
  await take(callOf(id, { events: someEvents(2) }));
  await identified(id);
  const before = await stateOf(id);
  await run(id, raise);
  await evict(id);
  // The log says why; the caller hears what it hears of any storage failure.
  await expect(liveOf(id)).rejects.toThrow("storage failed");
  await run(id, lower);
  await evict(id);
  expect(await stateOf(id)).toEqual(before);
});

it("a call of a newer version is refused before anything is taken", async () => {
  const id = crypto.randomUUID();
  const newer: object = { ...callOf(id, { events: someEvents(1) }), v: 2 };
  await expect(take(newer as ReturnType<typeof callOf>)).rejects.toThrow("track call: version 2 is newer");
  expect(await liveOf(id)).toBeNull();
});

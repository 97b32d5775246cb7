import { runInDurableObject } from "cloudflare:test";
import { afterEach, expect, it, vi } from "vitest";
import { callOf, evict, identified, liveOf, someEvents, stateOf, stubOf, take } from "../support/visit";

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
  await run(id, "ALTER TABLE head RENAME COLUMN head TO identity", "UPDATE head SET v = 1");
  await evict(id);
  expect(await stateOf(id)).toEqual(before);
  expect(await run(id, "SELECT v, head IS NULL AS is_empty FROM head")).toEqual([[{ v: 2, is_empty: 0 }]]);
  await evict(id);
  expect(await stateOf(id)).toEqual(before);
});

it.each([
  ["journal", "UPDATE head SET v = 3", "UPDATE head SET v = 2"],
  [
    "head",
    "UPDATE head SET head = replace(head, '\"v\":1', '\"v\":2')",
    "UPDATE head SET head = replace(head, '\"v\":2', '\"v\":1')",
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

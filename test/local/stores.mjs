// @ts-check
// D1 and R2 as a stopped server left them on disk.
import { gunzipSync } from "node:zlib";
import { openStores } from "../../scripts/lib/local.mjs";

/**
 * @typedef {{ session_id: string, seq: number, stream: string | null, number: number | null, event_type: string }} EventRow
 * @typedef {{ seq: number, kind: string, stream?: string | null, number?: number | null, event_type?: string }} ArchivedEntry
 * @typedef {{ v: number, session_id: string, lo: number, hi: number, entries: ArchivedEntry[] }} ArchiveObject
 */

/**
 * @template T
 * @param {string} state
 * @param {(miniflare: import("miniflare").Miniflare) => Promise<T>} use
 */
async function withStores(state, use) {
  const miniflare = openStores(state);
  try {
    return await use(miniflare);
  } finally {
    await miniflare.dispose();
  }
}

/**
 * Rows of some tables, in the order of their keys.
 * @param {string} state @param {readonly string[]} tables
 * @returns {Promise<Record<string, Record<string, unknown>[]>>}
 */
export const rowsOf = (state, tables) =>
  withStores(state, async (miniflare) => {
    const db = await miniflare.getD1Database("DB");
    const rows = tables.map(async (table) => {
      const { results } = await db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all();
      return /** @type {const} */ ([table, results]);
    });
    return Object.fromEntries(await Promise.all(rows));
  });

/** @param {string} state @param {readonly string[]} tables */
export const wipeTables = (state, tables) =>
  withStores(state, async (miniflare) => {
    const db = await miniflare.getD1Database("DB");
    await db.batch(tables.map((table) => db.prepare(`DELETE FROM ${table}`)));
  });

/** @param {string} state */
export const readStores = (state) =>
  withStores(state, async (miniflare) => {
    const db = await miniflare.getD1Database("DB");
    const bucket = await miniflare.getR2Bucket("TRACKING_R2");
    const sessions = (await db.prepare("SELECT * FROM sessions").all()).results;
    const events = /** @type {EventRow[]} */ (
      (
        await db
          .prepare("SELECT session_id, seq, stream, number, event_type FROM events ORDER BY session_id, seq")
          .all()
      ).results
    );
    const deliveries = (await db.prepare("SELECT * FROM deliveries").all()).results;
    const submissions = (await db.prepare("SELECT * FROM lead_submissions").all()).results;
    return { sessions, events, deliveries, submissions, objects: await readBucket(bucket) };
  });

/** @param {Awaited<ReturnType<import("miniflare").Miniflare["getR2Bucket"]>>} bucket */
async function readBucket(bucket) {
  const objects = [];
  /** @type {string | undefined} */
  let cursor;
  do {
    const page = await bucket.list(cursor ? { cursor } : {});
    for (const { key } of page.objects) objects.push({ key, body: await readObject(bucket, key) });
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
  return objects;
}

/**
 * JSON, or its gzip.
 * @param {Awaited<ReturnType<import("miniflare").Miniflare["getR2Bucket"]>>} bucket
 * @param {string} key
 * @returns {Promise<unknown>}
 */
async function readObject(bucket, key) {
  const bytes = Buffer.from((await (await bucket.get(key))?.arrayBuffer()) ?? new ArrayBuffer(0));
  return JSON.parse((bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString());
}

/**
 * The events of R2's event objects, one for each entry.
 * @param {{ key: string, body: unknown }[]} objects
 */
export function archivedEvents(objects) {
  const logs = objects.filter(({ key }) => key.includes("/events/"));
  return logs.flatMap(({ body }) => {
    const { session_id, entries } = /** @type {ArchiveObject} */ (body);
    return entries.filter((entry) => entry.kind === "event").map((entry) => ({ session_id, ...entry }));
  });
}

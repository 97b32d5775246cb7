// D1 and R2 as a stopped server left them on disk.
import { gunzipSync } from "node:zlib";
import type { Miniflare } from "miniflare";
import { openStores } from "../../scripts/lib/local.ts";

type EventRow = {
  session_id: string;
  seq: number;
  stream: string | null;
  number: number | null;
  event_type: string;
};

interface ArchivedEntry {
  seq: number;
  kind: string;
  stream?: string | null;
  number?: number | null;
  event_type?: string;
}

interface ArchiveObject {
  v: number;
  session_id: string;
  lo: number;
  hi: number;
  entries: ArchivedEntry[];
}

async function withStores<T>(state: string, use: (miniflare: Miniflare) => Promise<T>) {
  const miniflare = openStores(state);
  try {
    return await use(miniflare);
  } finally {
    await miniflare.dispose();
  }
}

/** Rows of some tables, in the order of their keys. */
export const rowsOf = (state: string, tables: readonly string[]): Promise<Record<string, Record<string, unknown>[]>> =>
  withStores(state, async (miniflare) => {
    const db = await miniflare.getD1Database("DB");
    const rows = tables.map(async (table) => {
      const { results } = await db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all();
      return [table, results] as const;
    });
    return Object.fromEntries(await Promise.all(rows));
  });

export const wipeTables = (state: string, tables: readonly string[]) =>
  withStores(state, async (miniflare) => {
    const db = await miniflare.getD1Database("DB");
    await db.batch(tables.map((table) => db.prepare(`DELETE FROM ${table}`)));
  });

export const readStores = (state: string) =>
  withStores(state, async (miniflare) => {
    const db = await miniflare.getD1Database("DB");
    const bucket = await miniflare.getR2Bucket("TRACKING_R2");
    const sessions = (await db.prepare("SELECT * FROM sessions").all()).results;
    const events = (
      await db.prepare("SELECT session_id, seq, stream, number, event_type FROM events ORDER BY session_id, seq").all()
    ).results as EventRow[];
    const deliveries = (await db.prepare("SELECT * FROM deliveries").all()).results;
    const submissions = (await db.prepare("SELECT * FROM lead_submissions").all()).results;
    return { sessions, events, deliveries, submissions, objects: await readBucket(bucket) };
  });

async function readBucket(bucket: Awaited<ReturnType<Miniflare["getR2Bucket"]>>) {
  const objects = [];
  let cursor: string | undefined;
  do {
    const page = await bucket.list(cursor ? { cursor } : {});
    for (const { key } of page.objects) objects.push({ key, body: await readObject(bucket, key) });
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
  return objects;
}

/** JSON, or its gzip. */
async function readObject(bucket: Awaited<ReturnType<Miniflare["getR2Bucket"]>>, key: string): Promise<unknown> {
  const bytes = Buffer.from((await (await bucket.get(key))?.arrayBuffer()) ?? new ArrayBuffer(0));
  return JSON.parse((bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString());
}

/** The events of R2's event objects, one for each entry. */
export function archivedEvents(objects: { key: string; body: unknown }[]) {
  const logs = objects.filter(({ key }) => key.includes("/events/"));
  return logs.flatMap(({ body }) => {
    const { session_id, entries } = body as ArchiveObject;
    return entries.filter((entry) => entry.kind === "event").map((entry) => ({ session_id, ...entry }));
  });
}

/**
 * The design that keeps nothing between requests, for comparison only: for each event one D1 row, two KV counters and one
 * R2 object, all written before the answer. It does no validation and no de-duplication, and its counters lose counts
 * (a Worker cannot add to a key), so what it is charged with here is the least such a design can do.
 */

interface Env {
  DB: D1Database;
  TRACKING_KV: KVNamespace;
  TRACKING_R2: R2Bucket;
}

interface Body {
  session_id: string;
  first: number;
  events: { event_type: string; page: string; timestamp: number }[];
}

const INSERT = `INSERT INTO events (session_id, seq, at, received_at, event_type, page, detail)
  VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;

/** What the bill counts: see prices.ts. */
type Counts = Record<"d1_rows_written" | "d1_rows_read" | "kv_reads" | "kv_writes" | "r2_class_a", number>;

async function count(kv: KVNamespace, key: string, counts: Counts): Promise<void> {
  counts.kv_reads += 1;
  counts.kv_writes += 1;
  await kv.put(key, String(Number(await kv.get(key)) + 1));
}

async function insert(db: D1Database, values: unknown[], counts: Counts): Promise<void> {
  const { meta } = await db
    .prepare(INSERT)
    .bind(...values)
    .run();
  counts.d1_rows_written += meta.rows_written;
  counts.d1_rows_read += meta.rows_read;
}

async function store(env: Env, { session_id, first, events }: Body): Promise<Counts> {
  const now = Date.now();
  const counts: Counts = { d1_rows_written: 0, d1_rows_read: 0, kv_reads: 0, kv_writes: 0, r2_class_a: 0 };
  const writes = events.flatMap((event, i) => {
    const text = JSON.stringify(event);
    const values = [session_id, first + i, event.timestamp, now, event.event_type, event.page, text];
    counts.r2_class_a += 1;
    return [
      insert(env.DB, values, counts),
      count(env.TRACKING_KV, `session:${session_id}`, counts),
      count(env.TRACKING_KV, `page:${event.page}`, counts),
      env.TRACKING_R2.put(`events/${session_id}/${first + i}.json`, text),
    ];
  });
  await Promise.all(writes);
  return counts;
}

export default {
  async fetch(request, env) {
    const body = (await request.json()) as Body;
    const counts = await store(env, body);
    return Response.json({ accepted: body.events.length, rejected: [], counts });
  },
} satisfies ExportedHandler<Env>;

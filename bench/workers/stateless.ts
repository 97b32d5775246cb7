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

async function count(kv: KVNamespace, key: string): Promise<void> {
  await kv.put(key, String(Number(await kv.get(key)) + 1));
}

async function store(env: Env, { session_id, first, events }: Body): Promise<void> {
  const now = Date.now();
  const writes = events.flatMap((event, i) => {
    const text = JSON.stringify(event);
    const values = [session_id, first + i, event.timestamp, now, event.event_type, event.page, text];
    return [
      env.DB.prepare(INSERT)
        .bind(...values)
        .run(),
      count(env.TRACKING_KV, `session:${session_id}`),
      count(env.TRACKING_KV, `page:${event.page}`),
      env.TRACKING_R2.put(`events/${session_id}/${first + i}.json`, text),
    ];
  });
  await Promise.all(writes);
}

export default {
  async fetch(request, env) {
    const body = (await request.json()) as Body;
    await store(env, body);
    return Response.json({ accepted: body.events.length, rejected: [] });
  },
} satisfies ExportedHandler<Env>;

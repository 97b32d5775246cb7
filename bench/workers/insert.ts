import { insertEvents } from "../../src/store/projection";

/** The project's insert of a flush beside a plain `batch()` of single-row inserts into the same table. */

interface Env {
  DB: D1Database;
}

interface Job {
  how: "flush" | "batch";
  /** Rows a flush. */
  rows: number;
  times: number;
  /** Journal entries of events, as JSON text each. */
  entries: string[];
}

const PLAIN = `INSERT INTO events (session_id, seq, stream, number, at, received_at, event_type, page, element, detail)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (session_id, seq) DO NOTHING`;

interface Entry {
  seq: number;
  stream: string;
  number: number;
  at: number;
  received_at: number;
  event_type: string;
  page?: string;
  element?: string;
  detail?: object;
}

/** As one would write it: an event is an object by then, and each column a parameter. */
function plain(db: D1Database, sessionId: string, entries: Entry[]): D1PreparedStatement[] {
  const insert = db.prepare(PLAIN);
  return entries.map((entry) => {
    const { seq, stream, number, at, received_at, event_type, page = null, element = null, detail } = entry;
    const text = detail ? JSON.stringify(detail) : null;
    return insert.bind(sessionId, seq, stream, number, at, received_at, event_type, page, element, text);
  });
}

export default {
  async fetch(request, env) {
    const { how, rows, times, entries } = await request.json<Job>();
    const texts = entries.slice(0, rows);
    const body = texts.join(",");
    const objects = texts.map((text) => JSON.parse(text) as Entry);
    let written = 0;
    for (let i = 0; i < times; i++) {
      const id = crypto.randomUUID();
      const statements = how === "flush" ? [insertEvents(env.DB, id, body)] : plain(env.DB, id, objects);
      const results = await env.DB.batch(statements);
      written += results.reduce((sum, { meta }) => sum + meta.changes, 0);
    }
    return Response.json({ written });
  },
} satisfies ExportedHandler<Env>;

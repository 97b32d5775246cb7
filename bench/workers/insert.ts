import { insertEvents } from "../../src/data/store/projection";

/** The project's insert of a flush beside a plain `batch()` of single-row inserts into the same table. */

interface Env {
  DB: D1Database;
}

interface Job {
  how: "flush" | "batch" | "made";
  /** Rows a flush. */
  rows: number;
  times: number;
  /** Journal entries of events, as JSON text each. */
  entries: string[];
}

const PLAIN = `INSERT INTO events (session_id, seq, stream, number, at, received_at, event_type, page, element, detail)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (session_id, seq) DO NOTHING`;

/**
 * The most that this table takes, however rows get to it: rows of the mix's mean sizes and share of indexed types, made inside
 * SQLite. Nothing is sent, and no JSON is read.
 */
const MADE = `
  INSERT INTO events (session_id, seq, stream, number, at, received_at, event_type, page, element, detail)
  WITH RECURSIVE row(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM row WHERE n < ?2)
  SELECT ?1, n, 'p1', n, ?3 + n, ?3 + n, iif(n % 10 < 3, 'click', 'mousemove'), ?4, iif(n % 5 = 0, ?5, NULL), ?6
  FROM row WHERE true ON CONFLICT (session_id, seq) DO NOTHING`;

function made(db: D1Database, session_id: string, entries: Entry[]): D1PreparedStatement[] {
  const [first] = entries;
  const element = entries.find((entry) => entry.element)?.element;
  const detail = entries.find((entry) => entry.event_type === "mousemove")?.detail;
  const values = [first?.at, first?.page, element, JSON.stringify(detail)];
  return [db.prepare(MADE).bind(session_id, entries.length, ...values)];
}

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
function plain(db: D1Database, session_id: string, entries: Entry[]): D1PreparedStatement[] {
  const insert = db.prepare(PLAIN);
  return entries.map((entry) => {
    const { seq, stream, number, at, received_at, event_type, page = null, element = null, detail } = entry;
    const text = detail ? JSON.stringify(detail) : null;
    return insert.bind(session_id, seq, stream, number, at, received_at, event_type, page, element, text);
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
      const ways = {
        flush: () => [insertEvents(env.DB, id, body)],
        batch: () => plain(env.DB, id, objects),
        made: () => made(env.DB, id, objects),
      };
      const results = await env.DB.batch(ways[how]());
      written += results.reduce((sum, { meta }) => sum + meta.changes, 0);
    }
    return Response.json({ written });
  },
} satisfies ExportedHandler<Env>;

import { DurableObject } from "cloudflare:workers";
import { insertEvents } from "../../src/data/store/projection";

/**
 * What the two stores alone cost a session: raw rows appended and acked as the bare object does, and when due one D1 batch
 * and three R2 puts of what the project writes there. Nothing is checked, told apart, folded, planned or counted, so
 * nothing here survives a failure: a floor, not a design.
 */

interface Env {
  DB: D1Database;
  TRACKING_R2: R2Bucket;
  ROWS: DurableObjectNamespace<Rows>;
  /** Alarms hang, so that sessions can be killed with all they hold unwritten. */
  HOLD?: string;
}

interface Body {
  session_id: string;
  stream: string;
  first: number;
  sent_at: number;
  events: ({ event_type: string; timestamp: number; page?: string; element?: string } & Record<string, unknown>)[];
  start?: object;
}

const FLUSH_MS = 3_000;
const SESSION = `INSERT INTO sessions (session_id, site, visitor_id, started_at, last_event_at, events, last_seq, detail)
  VALUES (?, 'default', ?, ?, ?, ?, ?, ?) ON CONFLICT (session_id) DO UPDATE SET events = excluded.events`;

export class Rows extends DurableObject<Env> {
  #alarm = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, body TEXT NOT NULL)");
  }

  append(body: string, ends: boolean): void {
    this.ctx.storage.sql.exec("INSERT INTO rows (body) VALUES (?)", body);
    if (this.#alarm && !ends) return;
    this.#alarm = true;
    void this.ctx.storage.setAlarm(Date.now() + (ends ? 0 : FLUSH_MS));
  }

  override async alarm(): Promise<void> {
    if (this.env.HOLD) return new Promise(() => {});
    const rows = this.ctx.storage.sql.exec<{ body: string }>("SELECT body FROM rows ORDER BY id").toArray();
    const bodies = rows.map(({ body }) => JSON.parse(body) as Body);
    const [first] = bodies;
    if (!first) return;
    const { session_id } = first;
    const entries = bodies.flatMap(entriesOf);
    const text = entries.map((entry) => JSON.stringify(entry)).join(",");
    const detail = JSON.stringify(first.start);
    const values = [
      session_id,
      `v-${session_id}`,
      first.sent_at,
      first.sent_at,
      entries.length,
      entries.length,
      detail,
    ];
    const put = (name: string, body: string) => this.env.TRACKING_R2.put(`sessions/${session_id}/${name}.json`, body);
    await Promise.all([
      this.env.DB.batch([insertEvents(this.env.DB, session_id, text), this.env.DB.prepare(SESSION).bind(...values)]),
      put("events/1", `[${text}]`),
      put("meta", detail),
      put("identity/1", detail),
    ]);
    this.ctx.storage.sql.exec("DELETE FROM rows");
  }
}

function entriesOf({ stream, first, sent_at, events }: Body) {
  return events.map(({ event_type, timestamp, page, element, ...detail }, i) => {
    const number = first + i;
    const place = { seq: number, at: timestamp, kind: "event", received_at: sent_at, stream, number };
    return { ...place, event_type, page, element, detail };
  });
}

export default {
  async fetch(request, env) {
    const id = new URL(request.url).searchParams.get("session_id") ?? "";
    const body = await request.text();
    await env.ROWS.getByName(id).append(body, body.endsWith('"end":{}}'));
    const accepted = body.split('"event_type"').length - 1;
    return Response.json({ accepted, rejected: [] });
  },
} satisfies ExportedHandler<Env>;

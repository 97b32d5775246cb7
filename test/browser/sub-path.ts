import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A site that has the server below a path of its own, as a site's own web server would proxy it. */
export interface SubPath {
  url: string;
  close(): Promise<void>;
}

/** `path` as `/pg`: what is below it goes to `target`, without it. Anything else is `page`, but `/blank`, which has no tag. */
export async function openSubPath(target: string, path: string, page: () => string): Promise<SubPath> {
  const { hostname, port } = new URL(target);
  const below = (url = ""): string | null => (url.startsWith(`${path}/`) ? url.slice(path.length) : null);
  const server = createServer((incoming, response) => {
    const asked = below(incoming.url);
    if (asked === null) {
      response
        .writeHead(200, { "Content-Type": "text/html; charset=utf-8" })
        .end(incoming.url === "/blank" ? "<!doctype html>" : page());
      return;
    }
    const { method, headers } = incoming;
    const outgoing = request({ hostname, port, method, path: asked, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    incoming.pipe(outgoing);
  });
  server.on("upgrade", ({ method, url, rawHeaders }: IncomingMessage, client: Socket, head: Buffer) => {
    const asked = below(url);
    if (asked === null) return client.destroy();
    const upstream = connect(Number(port), hostname);
    const lines = rawHeaders.reduce((text, part, i) => text + part + (i % 2 ? "\r\n" : ": "), "");
    upstream.write(`${method} ${asked} HTTP/1.1\r\n${lines}\r\n`);
    upstream.write(head);
    client.pipe(upstream).pipe(client);
    for (const side of [client, upstream])
      side.on("error", () => {}).on("close", () => [client, upstream].map((one) => one.destroy()));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

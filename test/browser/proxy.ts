import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A bad line between the page and the server: it cuts, delays, duplicates and reorders what goes to /track. */
export interface Proxy {
  url: string;
  /** How often it did what, to show that it did. */
  faults: Record<"cut" | "unanswered" | "delayed" | "duplicated" | "reordered" | "socketsCut", number>;
  close(): Promise<void>;
}

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export async function openProxy(target: string, random: () => number): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const faults = { cut: 0, unanswered: 0, delayed: 0, duplicated: 0, reordered: 0, socketsCut: 0 };
  /** A call that is held back until another has overtaken it. */
  let held: (() => void) | undefined;

  const forward = async (
    incoming: IncomingMessage,
    body: Buffer,
  ): Promise<{ answer: IncomingMessage; text: Buffer }> => {
    const { method, url, headers } = incoming;
    const answer = await new Promise<IncomingMessage>((done, fail) => {
      const outgoing = request(
        { hostname, port, method, path: url, headers: { ...headers, connection: "close" } },
        done,
      );
      outgoing.on("error", fail).end(body);
    });
    return { answer, text: await read(answer) };
  };

  const overtaken = (): Promise<void> => {
    faults.reordered++;
    return Promise.race([new Promise<void>((go) => (held = go)), wait(3_000)]);
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await read(incoming);
    const fate = incoming.method === "POST" && incoming.url?.startsWith("/track/") ? random() : 1;
    if (fate < 0.1) {
      faults.cut++;
      incoming.socket.destroy();
      return;
    }
    if (fate < 0.2) {
      faults.delayed++;
      await wait(200 + 2_000 * random());
    } else if (fate < 0.3) await overtaken();
    else {
      held?.();
      held = undefined;
    }
    const { answer, text } = await forward(incoming, body);
    if (fate >= 0.3 && fate < 0.4) {
      faults.duplicated++;
      void wait(1_500 * random())
        .then(() => forward(incoming, body))
        .catch(() => {});
    }
    if (fate >= 0.4 && fate < 0.5) {
      faults.unanswered++;
      incoming.socket.destroy();
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers).end(text);
  };

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => incoming.socket.destroy());
  });
  server.on("upgrade", ({ method, url, rawHeaders }: IncomingMessage, client: Socket, head: Buffer) => {
    const upstream = connect(Number(port), hostname);
    const lines = rawHeaders.reduce((text, part, i) => text + part + (i % 2 ? "\r\n" : ": "), "");
    upstream.write(`${method} ${url} HTTP/1.1\r\n${lines}\r\n`);
    upstream.write(head);
    client.pipe(upstream).pipe(client);
    for (const side of [client, upstream]) side.on("error", () => {}).on("close", () => [client, upstream].map(end));
    if (random() < 0.5) return;
    // With what is in it: sent and not arrived, or arrived and not answered.
    setTimeout(
      () => {
        faults.socketsCut++;
        end(client);
      },
      100 + 2_500 * random(),
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    close: () => close(server),
  };
}

const end = (socket: Socket): unknown => socket.destroy();

async function read(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}

// HTTP/1.1 on bare sockets, for good requests and bad ones: any answer is returned.
import { connect, type Socket } from "node:net";
import { readHttp } from "../load/wire.ts";

export interface Sent {
  method: "GET" | "POST";
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

interface Answer {
  /** 0 if the connection ended before an answer. */
  status: number;
  body: string;
  /** Bytes. */
  sent: number;
}

/** A connection that was idle for longer is not used again: the server may just be closing it. */
const IDLE_MS = 2_000;

interface Line {
  socket: Socket;
  used: number;
  hear: ((chunk: string | null) => void) | null;
}

/** Connections to one port: as many as there are requests under way. */
export class Lines {
  #idle: Line[] = [];
  #open = new Set<Socket>();
  #port;
  #host;

  /** @param host For the header `Host`. */
  constructor(port: number, host: string) {
    this.#port = port;
    this.#host = host;
  }

  /** @param address The sender's, as the edge would tell it. */
  async ask({ method, path, headers = {}, body = "" }: Sent, address: string): Promise<Answer> {
    const named = { Host: this.#host, "CF-Connecting-IP": address, ...headers };
    const all = method === "POST" ? { ...named, "Content-Length": Buffer.byteLength(body) } : named;
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
    const sent = head.length + Buffer.byteLength(body);
    const line = this.#take();
    return new Promise((done) => {
      let text = "";
      line.hear = (chunk) => {
        if (chunk === null) return done({ status: 0, body: "", sent });
        text += chunk;
        const answer = readHttp(text);
        if (!answer) return;
        line.hear = null;
        // A WebSocket's connection cannot be used again.
        if (answer.status !== 101) this.#give(line);
        done({ ...answer, sent });
      };
      line.socket.cork();
      line.socket.write(head, "latin1");
      if (body.length > 0) line.socket.write(body);
      line.socket.uncork();
    });
  }

  close() {
    for (const socket of this.#open) socket.destroy();
  }

  #take(): Line {
    for (let line = this.#idle.pop(); line; line = this.#idle.pop()) {
      if (line.socket.writable && performance.now() - line.used < IDLE_MS) return line;
      line.socket.destroy();
    }
    const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
    const line: Line = { socket, used: 0, hear: null };
    this.#open.add(socket);
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => line.hear?.(String(chunk)));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      this.#open.delete(socket);
      line.hear?.(null);
      line.hear = null;
    });
    return line;
  }

  #give(line: Line) {
    line.used = performance.now();
    this.#idle.push(line);
  }
}

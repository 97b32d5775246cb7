// @ts-check
// HTTP/1.1 on bare sockets for requests of any kind, good or bad: whatever the answer is, it is an answer.
import { connect } from "node:net";
import { readHttp } from "../load/wire.mjs";

/**
 * @typedef {object} Sent
 * @property {"GET" | "POST"} method
 * @property {string} path
 * @property {Record<string, string>} [headers]
 * @property {string | Buffer} [body]
 */

/**
 * @typedef {object} Answer
 * @property {number} status  0: the connection ended before an answer.
 * @property {string} body
 * @property {number} sent  Bytes.
 */

/** An idle connection is not used again after this: its end may be on its way. */
const IDLE_MS = 2_000;

/** @typedef {{ socket: import("node:net").Socket, used: number, hear: ((chunk: string | null) => void) | null }} Line */

/** Connections to one port, as many as requests are under way. */
export class Lines {
  /** @type {Line[]} */
  #idle = [];
  /** @type {Set<import("node:net").Socket>} */
  #open = new Set();
  #port;
  #host;

  /** @param {number} port @param {string} host  The name by which it is asked. */
  constructor(port, host) {
    this.#port = port;
    this.#host = host;
  }

  /** @param {Sent} sent @param {string} address  Whose it is, as the edge would say it. @returns {Promise<Answer>} */
  async ask({ method, path, headers = {}, body = "" }, address) {
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
        // A WebSocket stays with whoever opened it.
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

  /** @returns {Line} */
  #take() {
    for (let line = this.#idle.pop(); line; line = this.#idle.pop()) {
      if (line.socket.writable && performance.now() - line.used < IDLE_MS) return line;
      line.socket.destroy();
    }
    const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
    /** @type {Line} */
    const line = { socket, used: 0, hear: null };
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

  /** @param {Line} line */
  #give(line) {
    line.used = performance.now();
    this.#idle.push(line);
  }
}

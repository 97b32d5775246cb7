// HTTP/1.1 keep-alive and WebSocket on bare sockets: a request is one buffer, a reply is one string. A general client
// takes as much CPU as the server under test, and both share the machine.
import { connect, type Socket } from "node:net";

/** A connection that was idle for longer is not used again: the server may just be closing it. */
const IDLE_MS = 2_000;

/** One connection, one request under way at a time. */
export interface Wire {
  /** Resolves with the reply's text; rejects on anything but success. */
  send: (body: string) => Promise<string>;
  /** Whether it may be used again: a server ends connections that were idle for 5 s. */
  isOpen: () => boolean;
  /** Connections that ended before their reply; the request was sent again on another. */
  dropped: () => number;
  close: () => void;
}

function dial(port: number): Promise<Socket> {
  return new Promise((done, fail) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => done(socket));
    socket.once("error", fail);
  });
}

const HEADERS = "Host: bench\r\nOrigin: https://shop.example\r\nCF-Connecting-IP: 203.0.113.7\r\n";

/** Bodies go out as text/plain, which is what a browser may send without a preflight. */
const httpRequest = (path: string, body: string) =>
  `POST ${path} HTTP/1.1\r\n${HEADERS}Content-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** How often one request may lose its connection before it fails. */
const DROPS_AT_MOST = 3;

/**
 * If a connection ends before its reply, a new one repeats the request: under load the local runtime drops some. Every batch
 * is numbered, so a repeat counts once.
 */
export async function openHttp(port: number, pathOf: (body: string) => string): Promise<Wire> {
  let socket = await dial(port);
  let waiting: { request: string; drops: number; done: (text: string) => void; fail: (error: Error) => void } | null =
    null;
  let text = "";
  let used = performance.now();
  let dropped = 0;
  const listen = () => {
    const own = socket;
    own.setEncoding("latin1");
    own.on("data", (chunk) => {
      text += chunk;
      const reply = readHttp(text);
      if (!reply || !waiting) return;
      text = "";
      used = performance.now();
      const { done, fail } = waiting;
      waiting = null;
      if (reply.status === 200) done(reply.body);
      else fail(new Error(`HTTP ${reply.status}: ${reply.body.slice(0, 300)}`));
    });
    own.on("error", () => own.destroy());
    own.on("close", () => own === socket && void again());
  };
  const again = async () => {
    const lost = waiting;
    if (!lost) return;
    dropped += 1;
    lost.drops += 1;
    text = "";
    try {
      if (lost.drops > DROPS_AT_MOST) throw new Error(`port ${port} closed ${lost.drops} connections before one reply`);
      socket = await dial(port);
      listen();
      socket.write(lost.request);
    } catch (error) {
      waiting = null;
      lost.fail(error instanceof Error ? error : new Error(String(error)));
    }
  };
  listen();
  return {
    send: (body) =>
      new Promise((done, fail) => {
        waiting = { request: httpRequest(pathOf(body), body), drops: 0, done, fail };
        if (socket.writable) socket.write(waiting.request);
        else void again();
      }),
    isOpen: () => socket.writable && performance.now() - used < IDLE_MS,
    dropped: () => dropped,
    close: () => socket.destroy(),
  };
}

/** A whole response, or null while more has to come. */
export function readHttp(text: string) {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const head = text.slice(0, end).toLowerCase();
  const status = Number(head.slice(9, 12));
  const body = text.slice(end + 4);
  if (status === 101) return { status, body };
  const at = head.indexOf("\r\ncontent-length:");
  if (at >= 0) return body.length >= Number.parseInt(head.slice(at + 17), 10) ? { status, body } : null;
  return body.endsWith("0\r\n\r\n") ? { status, body } : null;
}

export async function openSocket(port: number, path: string): Promise<Wire> {
  const socket = await dial(port);
  await upgrade(socket, path);
  let waiting: { done: (text: string) => void; fail: (error: Error) => void } | null = null;
  let pending: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
    const frame = readFrame(pending);
    if (!frame || !waiting) return;
    pending = pending.subarray(frame.size);
    const { done, fail } = waiting;
    waiting = null;
    if (frame.opcode === 1) done(frame.text);
    else fail(new Error(`WebSocket frame of opcode ${frame.opcode}: ${frame.text.slice(0, 300)}`));
  });
  const broken = (error: Error | undefined) => waiting?.fail(error ?? new Error("socket closed"));
  socket.on("error", broken);
  socket.on("close", () => broken(undefined));
  return {
    send: (text) =>
      new Promise((done, fail) => {
        waiting = { done, fail };
        socket.write(textFrame(text));
      }),
    isOpen: () => socket.writable,
    dropped: () => 0,
    close: () => socket.end(CLOSE_FRAME),
  };
}

function upgrade(socket: Socket, path: string): Promise<void> {
  const key = "cHVsc2VnYXRlLWJlbmNoMQ==";
  const wanted = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n`;
  socket.write(`GET ${path} HTTP/1.1\r\n${HEADERS}${wanted}\r\n`);
  return new Promise((done, fail) => {
    let text = "";
    const read = (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (!text.includes("\r\n\r\n")) return;
      socket.off("data", read);
      if (text.startsWith("HTTP/1.1 101")) done();
      else fail(new Error(`upgrade refused: ${text.slice(0, 400)}`));
    };
    socket.on("data", read);
    socket.once("error", fail);
    socket.once("close", () => fail(new Error("closed during the upgrade")));
  });
}

/** A client must mask its frames; the mask 0 leaves the text as it is. */
function textFrame(text: string) {
  const length = Buffer.byteLength(text);
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.alloc(header + 4 + length);
  frame[0] = 0x81;
  frame[1] = 0x80 | (header === 2 ? length : header === 4 ? 126 : 127);
  if (header === 4) frame.writeUInt16BE(length, 2);
  if (header === 10) frame.writeBigUInt64BE(BigInt(length), 2);
  frame.write(text, header + 4);
  return frame;
}

const CLOSE_FRAME = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]);

/** The first frame of `data`, or null while more of it has to come. Replies are short: no frame here passes 64 KB. */
function readFrame(data: Buffer) {
  if (data.length < 2) return null;
  const short = (data[1] ?? 0) & 0x7f;
  const header = short === 126 ? 4 : 2;
  if (data.length < header) return null;
  const length = short === 126 ? data.readUInt16BE(2) : short;
  if (data.length < header + length) return null;
  return {
    opcode: (data[0] ?? 0) & 0x0f,
    text: data.toString("latin1", header, header + length),
    size: header + length,
  };
}

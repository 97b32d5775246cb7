import { fetch as fetchOrUpgrade } from "miniflare";
import type { LocalServer } from "../local/server.ts";

/** What the suites need to act as a page towards the running server. Node 20 has no WebSocket of its own; Miniflare brings one. */

export const PAGE = "https://shop.example/pricing";

export const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export interface Answer {
  t?: string;
  id?: number;
  code?: string;
  accepted: number;
  duplicates: number;
  ack: { stream: string; through: number; missing: [number, number][] };
}

/** A WebSocket that answers frames one by one. */
export class Socket {
  readonly received: string[] = [];
  isOpen = true;
  #answers: ((message: string | null) => void)[] = [];
  #close: () => void;
  #send: (text: string) => void;

  constructor(socket: NonNullable<Awaited<ReturnType<typeof fetchOrUpgrade>>["webSocket"]>) {
    this.#send = (text) => socket.send(text);
    this.#close = () => socket.close();
    const over = () => {
      this.isOpen = false;
      for (const answer of this.#answers.splice(0)) answer(null);
    };
    socket.addEventListener("close", over);
    socket.addEventListener("error", over);
    socket.addEventListener("message", ({ data }) => {
      this.received.push(String(data));
      this.#answers.shift()?.(String(data));
    });
    socket.accept();
  }

  /** Sends a frame and waits for the answer; rejects when the socket goes first. */
  async call(frame: object): Promise<Answer> {
    if (!this.isOpen) throw new Error("the socket is closed");
    const answer = new Promise<string | null>((resolve) => this.#answers.push(resolve));
    this.#send(JSON.stringify(frame));
    const text = await answer;
    if (text === null) throw new Error("the socket was closed before the answer");
    return JSON.parse(text) as Answer;
  }

  close(): void {
    if (this.isOpen) this.#close();
  }
}

/** Opens a WebSocket; null when the upgrade is refused, with its status. */
export async function upgrade(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; socket: Socket | null }> {
  const response = await fetchOrUpgrade(url, { headers: { Upgrade: "websocket", ...headers } });
  return { status: response.status, socket: response.webSocket ? new Socket(response.webSocket) : null };
}

export async function openSocket(url: string, headers: Record<string, string> = {}): Promise<Socket> {
  const { status, socket } = await upgrade(url, headers);
  if (!socket) throw new Error(`the upgrade was answered with ${status}`);
  return socket;
}

export async function post(server: LocalServer, path: string, body: object): Promise<Response> {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return fetch(`${server.url}${path}`, { ...init, signal: AbortSignal.timeout(15_000) });
}

export interface Live {
  events: number;
  ended: boolean;
  actor: { wakes: number; journal_depth: number; last_flush_error: { d1: string | null; r2: string | null } };
}

/** The session's live view; null for an unknown id. */
export async function live(server: LocalServer, id: string): Promise<Live | null> {
  const response = await server.api(`/analytics/sessions/${id}/live`);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`live: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { data: Live }).data;
}

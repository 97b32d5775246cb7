import type { LocalServer } from "../local/server.ts";
import { type Answer, openSocket, PAGE, post, type Socket, wait } from "./helpers";

interface Run {
  first: number;
  count: number;
}

/**
 * A page that numbers its events, sends them in runs, and sends a run again, as it was or cut in two, until it is acked.
 * What it believes to be delivered is exactly what was acked.
 */
export class Sender {
  readonly acked: number[] = [];
  /** Events the server had although their ack was lost. */
  duplicates = 0;
  /** Runs that had to be sent again. */
  resent = 0;
  #next = 1;
  #open: Run[] = [];
  #stopped = true;
  #work: Promise<void> = Promise.resolve();
  #socket: Socket | null = null;

  readonly server: LocalServer;
  readonly session_id: string;
  readonly stream: string;
  readonly transport: "http" | "socket";

  constructor(server: LocalServer, session_id: string, stream: string, transport: "http" | "socket") {
    this.server = server;
    this.session_id = session_id;
    this.stream = stream;
    this.transport = transport;
  }

  get isSettled(): boolean {
    return this.#open.length === 0;
  }

  start(): void {
    this.#stopped = false;
    this.#work = this.#loop();
  }

  /** Takes no new events; returns when the last run was answered or has failed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#work;
  }

  /** Sends what is not acked yet until it is. */
  async settle(): Promise<void> {
    for (let i = 0; this.#open.length > 0; i++) {
      if (i > 200) throw new Error(`${this.stream} cannot deliver`);
      await this.#try();
    }
    this.#socket?.close();
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      if (this.#open.length === 0) {
        const count = 1 + Math.floor(Math.random() * 12);
        this.#open.push({ first: this.#next, count });
        this.#next += count;
      }
      await this.#try();
    }
  }

  async #try(): Promise<void> {
    const [run] = this.#open;
    if (!run) return;
    try {
      const { accepted, duplicates } = await this.#send(run);
      if (accepted + duplicates !== run.count) throw new Error(`acked ${accepted} + ${duplicates} of ${run.count}`);
      this.#open.shift();
      this.duplicates += duplicates;
      for (let i = 0; i < run.count; i++) this.acked.push(run.first + i);
      await wait(5 + Math.random() * 20);
    } catch {
      this.#socket = null;
      this.resent += 1;
      this.#regroup(run);
      await wait(50);
    }
  }

  /** The same numbers in other groups count the same. */
  #regroup({ first, count }: Run): void {
    if (count < 2 || Math.random() < 0.5) return;
    const half = Math.floor(count / 2);
    this.#open.splice(0, 1, { first, count: half }, { first: first + half, count: count - half });
  }

  async #send({ first, count }: Run): Promise<Answer> {
    const events = Array.from({ length: count }, (_, i) => ({
      event_type: i % 3 ? "click" : "mousemove",
      page: PAGE,
      x: first + i,
      y: i,
      data: { number: first + i },
    }));
    const batch = { session_id: this.session_id, stream: this.stream, first, start: { page: PAGE }, events };
    return this.transport === "http"
      ? this.#sendByHttp(batch)
      : this.#sendBySocket({ t: "events", id: first, ...batch });
  }

  async #sendByHttp(batch: object): Promise<Answer> {
    const response = await post(this.server, "/track/events/batch", batch);
    if (!response.ok) throw new Error(`${response.status}`);
    return (await response.json()) as Answer;
  }

  async #sendBySocket(frame: object): Promise<Answer> {
    if (!this.#socket?.isOpen) {
      this.#socket = await openSocket(`${this.server.url}/track/socket?session_id=${this.session_id}`);
    }
    const answer = await this.#socket.call(frame);
    if (answer.t !== "ack") throw new Error(answer.code);
    return answer;
  }
}

import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { Env } from "../../src/bindings";
import worker from "../../src/index";
import { PROBLEMS, type ProblemCode, type ProblemDetails } from "../../src/protocol/problem";
import { alarm, ask, KEY, liveOf, PAGE, post, tablesOf } from "../support/visit";

/** What several suites of the Worker need: bodies, problems, sockets. */

export const BATCH = "/track/events/batch";
export const START = "/track/session/start";
export const END = "/track/session/end";
export const SINGLE = "/track/event";

export const newId = (): string => crypto.randomUUID();

/** A good batch of one click with its start, and what a test changes in it. */
export const batchOf = (session_id: string, more: object = {}) => ({
  session_id,
  stream: "s1",
  first: 1,
  start: { page: PAGE },
  events: [{ event_type: "click" }],
  ...more,
});

export const clicks = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, i) => ({ event_type: "click", page: PAGE, data: { i }, ...more }));

export interface AckBody {
  accepted: number;
  duplicates: number;
  rejected: { index: number; code: string; detail: string }[];
  ack: { stream: string; through: number; missing: [number, number][]; ended?: true } | null;
  ended?: true;
  timestamp: number;
}

/** Posts a batch that must be taken. */
export async function taken(body: object, path = BATCH, init: RequestInit & { ip?: string } = {}): Promise<AckBody> {
  const response = await post(path, body, init);
  const answer = await response.json<AckBody>();
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return answer;
}

/** Checks that a response is this problem, whole and clear, and returns it. */
export async function problemOf(response: Response, code: ProblemCode): Promise<ProblemDetails> {
  const text = await response.text();
  const { status, title } = PROBLEMS[code];
  expect(response.status, text).toBe(status);
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  const problem = JSON.parse(text) as ProblemDetails;
  expect(problem).toMatchObject({ type: `urn:pulsegate:problem:${code}`, title, status, code });
  expect(problem.detail).toMatch(/\w/);
  if (["invalid_body", "invalid_query", "no_valid_event"].includes(code)) {
    expect(problem.errors?.length).toBeGreaterThan(0);
    for (const error of problem.errors ?? [])
      expect(error).toEqual({ path: expect.any(String), message: expect.any(String) });
  }
  if (status === 429 || status === 503) expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
  expect(text).not.toMatch(/SQLITE|\bat \w+ \(|\.ts:\d|TRACKING_|durable object/i);
  return problem;
}

/** Nothing of the id is stored, and its actor takes a good batch as its first. */
export async function expectUntouchedAndAlive(session_id: string): Promise<void> {
  expect(await tablesOf(session_id)).toEqual([]);
  expect(await taken(batchOf(session_id))).toMatchObject({
    accepted: 1,
    duplicates: 0,
    ack: { through: 1, missing: [] },
  });
}

export interface Frame extends Partial<AckBody> {
  t: string;
  id?: string | number | null;
  code?: string;
  detail?: string;
  retry_after?: number;
}

/** A client's end of a WebSocket, with what it has received. */
export class Client {
  readonly received: string[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #waiting: (() => void)[] = [];
  #read = 0;

  constructor(readonly socket: WebSocket) {
    socket.accept();
    socket.addEventListener("message", ({ data }) => {
      this.received.push(String(data));
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.closed = new Promise((resolve) => {
      socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
    });
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** The next message not yet read, as text. */
  async text(): Promise<string> {
    while (this.received.length <= this.#read) {
      const message = new Promise<void>((resolve) => this.#waiting.push(resolve));
      const over = await Promise.race([message, this.closed, scheduler.wait(5_000).then(() => "late" as const)]);
      if (over) throw new Error(`no message: ${JSON.stringify(over)}`);
    }
    return this.received[this.#read++] ?? "";
  }

  async next<T = Frame>(): Promise<T> {
    return JSON.parse(await this.text()) as T;
  }

  /** Sends a frame and returns the answer to it. */
  async call(frame: unknown): Promise<Frame> {
    this.send(frame);
    return this.next();
  }

  /** Asks the runtime for a pong: everything sent before it has been delivered. */
  async ping(): Promise<void> {
    this.send("ping");
    expect(await this.text()).toBe("pong");
  }
}

const UPGRADE = { Upgrade: "websocket" };

export const upgrade = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  ask(path, { headers: { ...UPGRADE, ...headers } });

export async function connect(path: string, headers: Record<string, string> = {}): Promise<Client> {
  const response = await upgrade(path, headers);
  if (!response.webSocket) throw new Error(`not a socket: ${response.status} ${await response.text()}`);
  return new Client(response.webSocket);
}

/** A page's socket. */
export const trackSocket = (session_id: string, headers: Record<string, string> = {}, more = ""): Promise<Client> =>
  connect(`/track/socket?session_id=${session_id}${more}`, headers);

/** A good frame, and what a test changes in it. */
export const frameOf = (more: object = {}) => ({
  t: "events",
  id: 7,
  stream: "s1",
  first: 1,
  start: { page: PAGE },
  events: [{ event_type: "click" }],
  ...more,
});

const UNLIMITED: Partial<Env> = { LIMIT_API: { limit: () => Promise.resolve({ success: true }) } };

/** A call of the analytics API that must be answered, however many a test makes in a minute. */
export async function read<T>(path: string): Promise<T> {
  const request = new Request(`https://pulsegate.example${path}`, { headers: KEY });
  const unlimited = { ...env, ...UNLIMITED } as Env;
  const response = await worker.fetch(request as Parameters<typeof worker.fetch>[0], unlimited);
  expect(response.status).toBe(200);
  return response.json<T>();
}

const realNow = Date.now;
let ahead = 0;

/** Lets `step` find a clock that is `ms` ahead, in the Worker and in the actors: they share the isolate. */
export async function later<T>(ms: number, step: () => Promise<T>): Promise<T> {
  ahead += ms;
  Date.now = () => realNow.call(Date) + ahead;
  try {
    return await step();
  } finally {
    ahead -= ms;
    if (ahead === 0) Date.now = realNow;
  }
}

/** Runs alarms by a clock a minute ahead, when every flush is due, until both stores have everything. */
export const flushed = (session_id: string): Promise<void> =>
  later(60_000, async () => {
    for (let i = 0; i < 20; i++) {
      await alarm(session_id);
      if ((await liveOf(session_id))?.actor.journal_depth === 0) return;
    }
    throw new Error("the journal does not drain");
  });

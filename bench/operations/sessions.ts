// Talks to the built Worker as pages and an analyst do.

import { fetch as fetchOrUpgrade } from "miniflare";
import { DEVELOPMENT_KEY } from "../../scripts/lib/dev-options.ts";

export const PAGE = "https://shop.example/pricing";
const KEY = { Authorization: `Bearer ${DEVELOPMENT_KEY}` };

const TRIES = 5;

/**
 * Asks again if the server was just closing the kept connection. Events are numbered and count once, and a question may be
 * repeated.
 */
function ask(port: number, path: string, init: RequestInit) {
  const send = () => fetch(`http://127.0.0.1:${port}${path}`, init);
  let asked = send();
  for (let again = 1; again < TRIES; again++) asked = asked.catch(send);
  return asked;
}

export async function sendBatch(port: number, body: object) {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await ask(port, "/track/events/batch", init);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  await response.arrayBuffer();
}

/** @returns The answer's `data`. The caller knows its type. */
export async function read<Data>(port: number, path: string): Promise<Data> {
  const response = await open(port, path);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const { data } = (await response.json()) as { data: Data };
  return data;
}

/** The answer itself, its body unread. */
export const open = (port: number, path: string) => ask(port, path, { headers: KEY });

/** A frame of a live stream, as far as it is read. */
interface StreamFrame {
  t: string;
  data: { changed?: { session_id: string }[]; left?: string[] };
}

/** Follows a stream; `heard` gets each frame and when it came. */
export async function follow(port: number, path: string, heard: (frame: StreamFrame, at: number) => void) {
  const response = await fetchOrUpgrade(`http://127.0.0.1:${port}${path}`, {
    headers: { Upgrade: "websocket", ...KEY },
  });
  const { webSocket } = response;
  if (!webSocket) throw new Error(`${response.status} ${await response.text()}`);
  webSocket.addEventListener("message", ({ data }) => heard(JSON.parse(String(data)), performance.now()));
  webSocket.accept();
  return () => webSocket.close();
}

/** Runs `step` for 0 … count - 1, `lanes` at a time. */
export async function inLanes(count: number, lanes: number, step: (i: number) => Promise<void>) {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const i = next;
      next += 1;
      await step(i);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

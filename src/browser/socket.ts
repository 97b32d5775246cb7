import { failed, left, newBackoff, reset } from "./backoff";
import { NEVER, OPENING_MS, QUIET_MS } from "./limits";
import type { Reply } from "./reply";
import { safe } from "./safe";

/** The page's socket: opened when there is something to send, for one session at a time, closed when it falls quiet. */
let socket: WebSocket | undefined;
// Its states. Not taken from `WebSocket`, which need not be there.
const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 3;
let openFor = "";
let openedAt = 0;
let frames = 0;
let quiet = 0;
let answer: ((reply: Reply) => void) | undefined;
const retry = newBackoff();

/**
 * 0 when it is open for `url`; the ms it is worth to wait while it opens; NEVER when it is of no use now. `changed`
 * is called when the socket has opened or is gone.
 */
export function socketWait(url: string, changed: () => void): number {
  if (openFor !== url) closeSocket();
  // Asked for, not remembered: one that a content security policy forbids closes without a close event.
  if ((socket?.readyState ?? CLOSED) === CLOSED && !document.hidden && left(retry) <= 0) open(url, changed);
  const ms = openedAt + OPENING_MS - performance.now();
  const state = openFor === url && socket?.readyState;
  if (state === OPEN) return 0;
  return state === CONNECTING && ms > 0 ? ms : NEVER;
}

/** Sends a batch. Answers with what the server says, or with nothing when the socket goes first. */
export function sendFrame(body: string): Promise<Reply> {
  clearTimeout(quiet);
  quiet = setTimeout(closeSocket, QUIET_MS);
  return new Promise((resolve) => {
    answer = resolve;
    socket?.send(`{"t":"events","id":${++frames},${body.slice(1)}`);
  });
}

/** The rest follows when the browser says that it is closed. */
export const closeSocket = (): void => socket?.close();

function open(url: string, changed: () => void): void {
  openFor = url;
  openedAt = performance.now();
  // Counted until an answer shows that the socket works: some proxies open every socket and pass nothing.
  failed(retry);
  try {
    socket = new WebSocket(url);
  } catch {
    // A secure page and an endpoint without TLS, for one.
    return;
  }
  socket.onopen = changed;
  socket.onmessage = safe(({ data }: MessageEvent<string>) => {
    const reply: Reply & { id?: number } = JSON.parse(data);
    if (reply.id !== frames) return;
    reset(retry);
    answer?.(reply);
  });
  socket.onclose = ({ code }) => {
    answer?.(code === 4404 ? { code: "session_unknown" } : {});
    changed();
  };
}

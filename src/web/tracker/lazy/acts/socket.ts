import { failed, left, newBackoff, reset } from "../../backoff";
import { ANSWER_MS, QUIET_MS } from "../../limits";
import type { Plug } from "../../plug";
import type { Options } from "../../public";
import { BUSY, type Reply } from "../../reply";
import { listen, safe } from "../../safe";

/** By `fetch` it is the status that says so. */
const NOT_NOW = /^(too_fast|budget_spent|unavailable|internal)$/;

type SendBySocket = NonNullable<Plug["socket"]>;

/** The page's socket: for one session at a time, opened when there is something to send, closed when it falls quiet. */
export function socketFor({ endpoint, site }: Options): SendBySocket {
  let socket: WebSocket | undefined;
  let openFor = "";
  let frames = 0;
  let quiet = 0;
  let answer: ((reply: Reply) => void) | undefined;
  const retry = newBackoff();

  // The rest follows when the browser says that it is closed.
  const close = (): void => socket?.close();

  const stayOpen = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(close, QUIET_MS);
  };

  const open = safe((id: string) => {
    openFor = id;
    // Counted until an answer shows that the socket works: some proxies open every socket and pass nothing.
    failed(retry);
    // A secure page and an endpoint without TLS, for one, throws; then there is `fetch`.
    socket = new WebSocket(`${endpoint.replace(/^http/, "ws")}/track/socket?session_id=${id}&site=${site}`);
    socket.onmessage = safe(({ data }: MessageEvent<string>) => {
      const reply: Reply & { id?: number } = JSON.parse(data);
      if (reply.id !== frames) return;
      reset(retry);
      if (NOT_NOW.test(reply.code ?? "")) reply.code = BUSY;
      answer?.(reply);
    });
    socket.onclose = ({ code }) => answer?.(code === 4404 ? { code: "session_unknown" } : {});
    stayOpen();
  });

  // An open socket would keep the page out of the back/forward cache.
  listen("pagehide", close);

  return (id, body) => {
    if (openFor !== id) close();
    // Its state is asked for, not remembered: one that a content security policy forbids closes without an event.
    const state = socket?.readyState ?? WebSocket.CLOSED;
    if (state === WebSocket.CLOSED && left(retry) <= 0) open(id);
    if (openFor !== id || state !== WebSocket.OPEN) return;
    return new Promise((resolve) => {
      // One that says nothing is of no use.
      const timeout = setTimeout(() => {
        close();
        answer?.({});
      }, ANSWER_MS);
      answer = (reply) => {
        clearTimeout(timeout);
        resolve(reply);
      };
      socket?.send(`{"t":"events","id":${++frames},${body.slice(1)}`);
      stayOpen();
    });
  };
}

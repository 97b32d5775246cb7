import { failed, left, newBackoff, reset } from "../../backoff";
import { ANSWER_MS, QUIET_MS } from "../../limits";
import type { Plug } from "../../plug";
import type { Options } from "../../public";
import { BUSY, type Reply } from "../../reply";
import { listen, safe } from "../../safe";

/** Error codes that mean "not now". With `fetch` the status says so. */
const NOT_NOW = /^(too_fast|budget_spent|unavailable|internal)$/;

type SendBySocket = NonNullable<Plug["socket"]>;

/** The page's socket, for one session at a time. Opened when there is something to send, closed after a quiet minute. */
export function socketFor({ endpoint, site }: Options): SendBySocket {
  let socket: WebSocket | undefined;
  let openFor = "";
  let frames = 0;
  let quiet = 0;
  let answer: ((reply: Reply) => void) | undefined;
  const retry = newBackoff();

  // `onclose` then answers the call that waits.
  const close = (): void => socket?.close();

  const stayOpen = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(close, QUIET_MS);
  };

  const open = safe((id: string) => {
    openFor = id;
    // Count the socket as failed until an answer comes, because some proxies open every socket and pass nothing on.
    failed(retry);
    // This throws, for example, on a secure page with an endpoint without TLS. Then `fetch` is used.
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

  // The back/forward cache takes no page with an open socket.
  listen("pagehide", close);

  return (id, body) => {
    if (openFor !== id) close();
    // Read the state each time, because a socket that a content security policy forbids closes without an event.
    const state = socket?.readyState ?? WebSocket.CLOSED;
    if (state === WebSocket.CLOSED && left(retry) <= 0) open(id);
    if (openFor !== id || state !== WebSocket.OPEN) return;
    return new Promise((resolve) => {
      // A socket without answers is useless.
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

import { useEffect, useRef, useState } from "preact/hooks";
import { key } from "../key";
import { RECONNECT_MAX_MS, RECONNECT_MIN_MS } from "../limits";
import { ApiError, call } from "./client";

export type StreamStatus = "off" | "connecting" | "live" | "broken" | "missing";

interface Ticket {
  data: { protocol: string };
}

/**
 * Follows a stream of the API. Each connection needs a ticket, because a browser cannot send a key with a WebSocket. A
 * broken connection is made again; its first message holds what was missed.
 */
export function useStream<M>(path: string | null, onMessage: (message: M) => void): StreamStatus {
  const [status, setStatus] = useState<StreamStatus>("off");
  const listener = useRef(onMessage);
  listener.current = onMessage;

  useEffect(() => {
    if (path === null || key.value === null) return setStatus("off");
    let socket: WebSocket | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wait = RECONNECT_MIN_MS;
    let isOver = false;

    const retry = (): void => {
      if (isOver) return;
      setStatus("broken");
      timer = setTimeout(connect, wait * (0.75 + Math.random() / 2));
      wait = Math.min(wait * 2, RECONNECT_MAX_MS);
    };

    const connect = async (): Promise<void> => {
      setStatus((now) => (now === "broken" ? now : "connecting"));
      try {
        const { data } = await call<Ticket>("/analytics/tickets", { method: "POST", body: { path } });
        if (isOver) return;
        socket = new WebSocket(location.origin.replace(/^http/, "ws") + path, data.protocol);
      } catch (error) {
        // If the server refuses a ticket for the path, a retry would be refused too.
        const isMissing =
          error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429;
        return isMissing ? setStatus("missing") : retry();
      }
      socket.onmessage = ({ data }) => {
        wait = RECONNECT_MIN_MS;
        setStatus("live");
        if (typeof data === "string" && data !== "pong") listener.current(JSON.parse(data) as M);
      };
      socket.onopen = () => setStatus("live");
      socket.onclose = retry;
    };

    connect();
    return () => {
      isOver = true;
      clearTimeout(timer);
      socket?.close();
    };
  }, [path]);

  return status;
}

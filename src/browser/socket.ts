import { Backoff } from "./backoff";
import { OPENING_MS, QUIET_MS } from "./limits";
import type { Reply } from "./reply";
import { safe } from "./safe";

/** The page's socket: opened when there is something to send, for one session at a time, closed when it falls quiet. */
export class Socket {
  private readonly retry = new Backoff();
  private socket: WebSocket | undefined;
  private url = "";
  private openedAt = 0;
  private frames = 0;
  private quiet = 0;
  private answer: ((reply: Reply) => void) | undefined;

  /** `changed` is called when the socket has opened or is gone. */
  constructor(private readonly changed: () => void) {}

  /** 0 when open for `url`; the ms it is worth to wait while it opens; Infinity when it is of no use now. */
  wait(url: string): number {
    if (this.url !== url) this.close();
    if (!this.socket && !document.hidden && this.retry.left <= 0) this.open(url);
    if (this.url === url && this.socket?.readyState === WebSocket.OPEN) return 0;
    const left = this.socket ? this.openedAt + OPENING_MS - performance.now() : 0;
    return left > 0 ? left : Number.POSITIVE_INFINITY;
  }

  /** Sends a batch. Answers with what the server says, or with nothing when the socket goes first. */
  send(body: string): Promise<Reply> {
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.close(), QUIET_MS);
    return new Promise((resolve) => {
      this.answer = resolve;
      this.socket?.send(`{"t":"events","id":${++this.frames},${body.slice(1)}`);
    });
  }

  /** The rest follows when the browser says that it is closed. */
  close(): void {
    this.socket?.close();
  }

  private open(url: string): void {
    this.url = url;
    this.openedAt = performance.now();
    // Counted until an answer shows that the socket works: some proxies open every socket and pass nothing.
    this.retry.failed();
    let socket: WebSocket;
    try {
      socket = new WebSocket(url);
    } catch {
      // The page's content security policy, for one.
      return;
    }
    socket.onopen = this.changed;
    socket.onmessage = safe(({ data }: MessageEvent<string>) => this.receive(data));
    socket.onclose = ({ code }) => {
      this.socket = undefined;
      this.answer?.(code === 4404 ? { code: "session_unknown" } : {});
      this.changed();
    };
    this.socket = socket;
  }

  private receive(data: string): void {
    const reply: Reply & { id?: number } = JSON.parse(data);
    if (reply.id !== this.frames) return;
    this.retry.reset();
    this.answer?.(reply);
  }
}

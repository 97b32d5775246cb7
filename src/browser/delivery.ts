import type { Consent } from "../protocol/fields";
import { Backoff } from "./backoff";
import { consent, setConsent } from "./consent";
import { emit } from "./hooks";
import { post } from "./http";
import { ANSWER_MS, COALESCE_MS } from "./limits";
import type { Options } from "./options";
import { startFacts } from "./page";
import { BEACONED, SENT } from "./queue";
import { isLater, type Reply } from "./reply";
import { safe } from "./safe";
import { Session } from "./session";
import { Socket } from "./socket";
import { type Call, Stream } from "./stream";

/**
 * Brings events to the server: one call at a time, by socket or by `fetch`, until each number is settled. With one call
 * in flight nothing overtakes the start, and the server's pace is the page's.
 */
export class Delivery {
  private readonly session: Session;
  private readonly socket = new Socket(() => this.pump());
  private readonly retry = new Backoff();
  /** The first takes events; the others still have something unacked, for a session that is over. */
  private streams: Stream[] = [];
  private inFlight = false;
  private timer = 0;
  private wakeAt = Number.POSITIVE_INFINITY;

  constructor(private readonly options: Options) {
    this.session = new Session(options.site);
  }

  add(json: string): void {
    this.current()?.queue.add(json);
    this.wakeIn(COALESCE_MS);
  }

  /** Sends what there is, unless the server has asked for patience. */
  readonly pump = safe(() => {
    const stream = this.streams.find(({ isDue }) => isDue);
    if (!stream || this.inFlight || consent() === "pending") return;
    const wait = this.retry.left > 0 ? this.retry.left : this.socketWait(stream);
    if (wait > 0 && wait < Number.POSITIVE_INFINITY) return void this.wakeIn(wait);
    const call = stream.next(SENT);
    if (call) this.send(stream, call, !wait && call.batch !== null);
  });

  /** The page may be gone in a moment: all that is unacked leaves at once, also what waits for an answer. */
  leave(): void {
    if (consent() === "pending") return;
    for (const stream of this.streams) {
      let call = stream.next(BEACONED);
      while (call && navigator.sendBeacon(this.url(call), call.body) && call.batch) call = stream.next(BEACONED);
    }
    // Whether a beacon arrived is never known. If the page is still there by then, it asks again.
    setTimeout(() => this.resume(), ANSWER_MS);
  }

  /** Back on the page: what left by beacon goes by a way that answers. */
  resume(): void {
    for (const { queue } of this.streams) queue.release(BEACONED);
    this.pump();
  }

  /** An open socket would keep the page out of the back/forward cache. */
  disconnect(): void {
    this.socket.close();
  }

  /** Ends the session, for every tab. Whatever happens next begins another. */
  end(): void {
    const [stream] = this.streams;
    if (!stream) return;
    stream.finish();
    this.session.forget(stream.sessionId);
    this.pump();
  }

  /** The server hears it with the next events, or by a call of its own. */
  consent(state: Consent): void {
    setConsent(state);
    this.streams[0]?.restart();
    this.retry.reset();
    this.pump();
  }

  /** The stream for something that happens now; another one if the session has become another. */
  private current(): Stream | undefined {
    const id = this.session.touch();
    const facts = startFacts();
    if (facts && this.streams[0]?.sessionId !== id) {
      this.streams = [new Stream(id, this.options.site, facts), ...this.streams.filter(({ isDue }) => isDue)];
      emit("session", id);
    }
    return this.streams[0];
  }

  private wakeIn(ms: number): void {
    const at = performance.now() + ms;
    if (at >= this.wakeAt) return;
    clearTimeout(this.timer);
    this.wakeAt = at;
    this.timer = setTimeout(() => {
      this.wakeAt = Number.POSITIVE_INFINITY;
      this.pump();
    }, ms);
  }

  /** The socket is for the running session; what is left of an earlier one goes by `fetch`. */
  private socketWait({ sessionId }: Stream): number {
    const { endpoint, site } = this.options;
    if (sessionId !== this.streams[0]?.sessionId) return Number.POSITIVE_INFINITY;
    return this.socket.wait(`${endpoint.replace(/^http/, "ws")}/track/socket?session_id=${sessionId}&site=${site}`);
  }

  private url({ path }: Call): string {
    return `${this.options.endpoint}/track/${path}`;
  }

  private send(stream: Stream, call: Call, bySocket: boolean): void {
    this.inFlight = true;
    const timeout = new Promise<Reply>((resolve) => setTimeout(resolve, ANSWER_MS, {}));
    const answer = bySocket ? this.socket.send(call.body) : post(this.url(call), call.body);
    void Promise.race([answer, timeout]).then((reply) => {
      this.inFlight = false;
      this.settle(stream, call, reply, bySocket);
      stream.queue.release(SENT);
      this.pump();
    });
  }

  private settle(stream: Stream, call: Call, reply: Reply, bySocket: boolean): void {
    const { ack, code, ended, retry_after, session_id } = reply;
    if (code === "session_unknown") this.move(stream);
    else if (code === "consent_pending") this.retry.until = Number.POSITIVE_INFINITY;
    else if (!code ? (call.batch ? ack : session_id) : !isLater(reply)) {
      stream.settle(call, reply);
      if (!code) this.retry.reset();
      if (ended || ack?.ended) this.session.forget(stream.sessionId);
      emit("ack", ack);
    }
    // A socket that says nothing is of no use, and `fetch` may get through at once.
    else if (bySocket && !code) this.socket.close();
    else this.retry.failed(retry_after);
  }

  /** The server does not know the session: its unacked events become a new stream of the next. */
  private move(stream: Stream): void {
    this.session.forget(stream.sessionId);
    // Were the next one unknown too, this must not become a storm of new sessions.
    this.retry.failed();
    for (const json of stream.queue.drain()) this.add(json);
  }
}

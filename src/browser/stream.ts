import type { StartInput } from "../protocol/track";
import { who } from "./consent";
import { streamName } from "./ids";
import { pageUrl } from "./page";
import { type Batch, type BEACONED, Queue, type SENT } from "./queue";
import type { Reply } from "./reply";

/** A call that is ready to go out. */
export interface Call {
  /** Below /track. */
  path: string;
  /** A JSON object. */
  body: string;
  batch: Batch | null;
  /** Which wording of the start it carries; 0 for none. */
  start: number;
  end: boolean;
}

/** This page load's part of one session: its events, and the start and end that are due with them. */
export class Stream {
  readonly queue = new Queue();
  private readonly name = streamName();
  /** The start's wording that the server has not confirmed; 0 when there is none. */
  private start = 1;
  private wording = 1;
  private end: object | null = null;

  constructor(
    readonly sessionId: string,
    private readonly site: string,
    private readonly facts: StartInput,
  ) {}

  /** True while the server has not confirmed everything. Without an event there is nothing to start. */
  get isDue(): boolean {
    return this.queue.size > 0 || (this.queue.last > 0 && (this.start > 0 || this.end !== null));
  }

  /** Says the start again with the next call, because consent changed. */
  restart(): void {
    this.start = ++this.wording;
  }

  /** Ends the session with the last event, or by a call of its own. */
  finish(): void {
    this.end = { timestamp: Date.now(), exit_page: pageUrl() };
  }

  /** The next call, its events marked as taken; null when there is none or all is in flight. */
  next(by: typeof SENT | typeof BEACONED): Call | null {
    const batch = this.queue.take(by);
    if (!batch && (this.queue.size > 0 || !this.isDue)) return null;
    const start = this.start && { start: { ...this.facts, ...who() } };
    const end = batch && batch.last < this.queue.last ? null : this.end;
    const head = { session_id: this.sessionId, site: this.site, sent_at: Date.now() };
    if (!batch && start)
      return {
        path: "session/start",
        body: JSON.stringify({ ...head, ...start.start }),
        batch,
        start: this.start,
        end: false,
      };
    if (!batch) return { path: "session/end", body: JSON.stringify({ ...head, ...end }), batch, start: 0, end: true };
    const { first, json, gone } = batch;
    const envelope = JSON.stringify({ ...head, stream: this.name, first, gone, ...start, ...(end && { end }) });
    return {
      path: "events/batch",
      body: `${envelope.slice(0, -1)},"events":[${json}]}`,
      batch,
      start: this.start,
      end: end !== null,
    };
  }

  /** The server's final word on `call`. Whatever it refused is not sent again. */
  settle({ batch, start, end }: Call, { ack, code }: Reply): void {
    if (batch && ack) this.queue.settle(ack, batch);
    if (batch && code) return void this.queue.drop(batch);
    if (start === this.start) this.start = 0;
    if (end) this.end = null;
  }
}

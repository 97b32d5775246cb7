import { type Entry, readEntries } from "../../src/core/session/entry";
import { lowestWatermark } from "../../src/core/session/progress";
import { liveView, newest } from "../../src/core/session/view";
import type { Journal } from "../../src/data/store/journal";
import type { SessionMemory } from "./memory";

/** What a session's actor shows of the session: to a caller, and to those who follow it by socket. */
export class Watch {
  constructor(
    readonly ctx: DurableObjectState,
    readonly journal: () => Journal,
  ) {}

  /** The state this instant, and what D1 does not have yet. */
  live(memory: SessionMemory, now: number) {
    const { progress, state } = memory;
    const rows = this.journal().range(progress.d1.through + 1, state.seq);
    const unflushed = rows.flatMap((row) => readEntries(row.body));
    return { ...this.#view(memory, now), unflushed: newest(unflushed) };
  }

  /** Tells those who follow the session what has just changed. */
  tell(memory: SessionMemory, entries: Entry[], now: number): void {
    const watchers = this.ctx.getWebSockets("watch");
    if (watchers.length === 0) return;
    const text = JSON.stringify({ t: "update", data: this.#view(memory, now), entries });
    for (const socket of watchers) sendQuietly(socket, text);
  }

  #view(memory: SessionMemory, now: number) {
    const { head, state, progress, alarm_at } = memory;
    const entries = state.seq - lowestWatermark(progress);
    const watchers = this.ctx.getWebSockets("watch").length;
    return liveView(head, state, progress, { journal: { entries, ...this.journal().size() }, alarm_at, watchers }, now);
  }
}

/** Sends, unless the socket is closing, because then nobody listens any more. */
export function sendQuietly(socket: WebSocket, text: string): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(text);
}

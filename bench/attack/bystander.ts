// Normal visitors beside an attack: each from an address of its own, with a few calls, evenly spread.
import { randomUUID } from "node:crypto";
import { sleep } from "../lib/process.ts";
import { START } from "../load/mix.ts";
import { ORIGIN, SITE } from "./kinds.ts";
import type { Lines } from "./line.ts";

/** 600 visits in five minutes: twice what a p95 needs to stand above chance. */
export const VISITS_PER_SECOND = 2;
const MIN_CALLS = 2;
const MAX_CALLS = 4;
const GAP_MS = 500;
/** The longest visit: the last one starts this long before the end. */
const VISIT_MS = MAX_CALLS * GAP_MS;
/** How often a call without an answer is sent, as a page would. */
const TRIES = 3;

/** Visits, and what became of them. */
export class Bystander {
  /** Events that were acked, by session. */
  acked = new Map<string, number>();
  /** Latency of each call that was taken, ms. */
  latencies: number[] = [];
  /** Calls that were not taken, by status; 0 stands for no answer. */
  refused: Record<string, number> = {};
  visits = 0;
  #made = 0;
  #lines;

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  async come(seconds: number) {
    const count = Math.max(1, Math.floor((seconds - VISIT_MS / 1_000) * VISITS_PER_SECOND));
    const began = performance.now();
    const underWay: Promise<void>[] = [];
    for (let i = 0; i < count; i++) {
      await sleep(Math.max(0, began + (i * 1_000) / VISITS_PER_SECOND - performance.now()));
      this.visits += 1;
      underWay.push(this.#visit(this.#made++));
    }
    await Promise.all(underWay);
  }

  /** Forgets the times of the warm-up. Its acked events still have to be stored. */
  forgetTimes() {
    this.latencies = [];
    this.visits = 0;
  }

  async #visit(n: number) {
    const session_id = randomUUID();
    const address = `${100 + (n >> 16)}.${(n >> 8) % 256}.${n % 256}.7`;
    const calls = MIN_CALLS + (n % (MAX_CALLS - MIN_CALLS + 1));
    let position = 0;
    for (let call = 0; call < calls; call++) {
      if (call > 0) await sleep(GAP_MS);
      const events = eventsOf(call);
      const start = call === 0 && {
        start: { ...START, visitor_id: `b-${session_id}`, fingerprint_id: `b-${session_id}` },
      };
      const end = call === calls - 1 && { end: {} };
      const body = JSON.stringify({
        session_id,
        site: SITE,
        stream: "s",
        first: position + 1,
        ...start,
        events,
        ...end,
      });
      if (!(await this.#send(session_id, body, address))) return;
      position += events.length;
    }
  }

  /** @returns Whether the call was taken. */
  async #send(session_id: string, body: string, address: string) {
    const began = performance.now();
    const sent = { method: "POST" as const, path: "/track/events/batch", headers: HEADERS, body };
    let answer = await this.#lines.ask(sent, address);
    for (let tries = 1; answer.status === 0 && tries < TRIES; tries++) answer = await this.#lines.ask(sent, address);
    if (answer.status !== 200) {
      this.refused[answer.status] = (this.refused[answer.status] ?? 0) + 1;
      return false;
    }
    this.latencies.push(performance.now() - began);
    const { accepted, duplicates } = JSON.parse(answer.body) as { accepted: number; duplicates: number };
    this.acked.set(session_id, (this.acked.get(session_id) ?? 0) + accepted + duplicates);
    return true;
  }
}

const HEADERS = { Origin: ORIGIN, "Content-Type": "text/plain" };

/** The first call sends a page view, the others clicks. */
const eventsOf = (call: number) =>
  call === 0
    ? [{ event_type: "page_view", page: START.page }]
    : [120, 310, 480].map((x) => ({ event_type: "click", page: START.page, x, y: 2 * x, element: "button#buy" }));

// @ts-check
// Normal visitors beside an attack: each from an address of its own, with a few calls, evenly spread.
import { randomUUID } from "node:crypto";
import { sleep } from "../lib/process.mjs";
import { START } from "../load/mix.mjs";
import { ORIGIN, SITE } from "./kinds.mjs";

/** 600 visits in five minutes: twice as many as a p95 of them needs to be told from chance. */
export const VISITS_PER_SECOND = 2;
const MIN_CALLS = 2;
const MAX_CALLS = 4;
const GAP_MS = 500;
/** A visit begins early enough to end within the time. */
const VISIT_MS = MAX_CALLS * GAP_MS;
/** A page sends a batch again that got no answer. */
const TRIES = 3;

/** What became of the visits so far. */
export class Bystander {
  /** Events that were acked, by session. @type {Map<string, number>} */
  acked = new Map();
  /** Of each call that was taken, ms. @type {number[]} */
  latencies = [];
  /** Calls that were not taken, by status; 0: without an answer. @type {Record<string, number>} */
  refused = {};
  visits = 0;
  #made = 0;
  #lines;

  /** @param {import("./line.mjs").Lines} lines */
  constructor(lines) {
    this.#lines = lines;
  }

  /** @param {number} seconds */
  async come(seconds) {
    const count = Math.max(1, Math.floor((seconds - VISIT_MS / 1_000) * VISITS_PER_SECOND));
    const began = performance.now();
    /** @type {Promise<void>[]} */
    const underWay = [];
    for (let i = 0; i < count; i++) {
      await sleep(Math.max(0, began + (i * 1_000) / VISITS_PER_SECOND - performance.now()));
      this.visits += 1;
      underWay.push(this.#visit(this.#made++));
    }
    await Promise.all(underWay);
  }

  /** What was measured until now does not count; what was acked does. */
  forgetTimes() {
    this.latencies = [];
    this.visits = 0;
  }

  /** @param {number} n */
  async #visit(n) {
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

  /** Whether it was taken. @param {string} session_id @param {string} body @param {string} address */
  async #send(session_id, body, address) {
    const began = performance.now();
    const sent = { method: /** @type {const} */ ("POST"), path: "/track/events/batch", headers: HEADERS, body };
    let answer = await this.#lines.ask(sent, address);
    for (let tries = 1; answer.status === 0 && tries < TRIES; tries++) answer = await this.#lines.ask(sent, address);
    if (answer.status !== 200) {
      this.refused[answer.status] = (this.refused[answer.status] ?? 0) + 1;
      return false;
    }
    this.latencies.push(performance.now() - began);
    const { accepted, duplicates } = /** @type {{ accepted: number, duplicates: number }} */ (JSON.parse(answer.body));
    this.acked.set(session_id, (this.acked.get(session_id) ?? 0) + accepted + duplicates);
    return true;
  }
}

const HEADERS = { Origin: ORIGIN, "Content-Type": "text/plain" };

/** The page first, then clicks. @param {number} call */
const eventsOf = (call) =>
  call === 0
    ? [{ event_type: "page_view", page: START.page }]
    : [120, 310, 480].map((x) => ({ event_type: "click", page: START.page, x, y: 2 * x, element: "button#buy" }));

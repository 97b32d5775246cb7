import type { ChunkCall } from "../../src/core/recording/chunk";
import { isSameHash } from "../../src/core/same-hash";
import { exposedOf } from "../../src/core/scoring/ledger";
import { Bucket } from "../../src/core/session/calls/bucket";
import { intake } from "../../src/core/session/calls/intake";
import { asTrackCall, type LeadCall, type SessionLeadAnswer } from "../../src/core/session/calls/lead";
import {
  type ChunkResult,
  type Refused,
  refused,
  type TakenCall,
  type TrackResult,
} from "../../src/core/session/calls/result";
import type { TrackCall } from "../../src/core/session/calls/track-call";
import { isClaim } from "../../src/core/session/calls/visitor-id";
import { freeze } from "../../src/core/session/fold/evidence";
import { BUSY_RETRY_SECONDS } from "../../src/limits";
import type { Ingest } from "./ingest";
import type { Instance } from "./instance";
import { JOURNAL_MAX_UNITS } from "./limits";
import type { SessionMemory } from "./memory";
import type { Recorder } from "./recorder";
import type { SessionSpending } from "./spending";

const GONE = refused("session_erased", "This session was erased, and takes nothing any more.");

export interface CallsHost {
  instance: Instance;
  ingest: Ingest;
  spending: SessionSpending;
  recorder: Recorder;
  /** Whether the database is nearly full, as D1 said at this instance's last flush. */
  isDatabaseFull(): boolean;
  /** Rate limits are lifted, in development. */
  isLifted: boolean;
}

/** The calls that bring something: batches, leads, chunks of a recording. Each is one synchronous turn up to its commit. */
export class Calls {
  readonly #host: CallsHost;
  readonly #bucket = new Bucket();

  constructor(host: CallsHost) {
    this.#host = host;
  }

  track(call: TrackCall): TrackResult {
    const { instance, ingest, spending } = this.#host;
    const now = Date.now();
    const memory = instance.wake(now);
    if (instance.isGone(memory)) return GONE;
    const refusal = this.#refusal(memory, call, now);
    if (refusal) return refusal;
    const taken = intake(memory, call, now, () => crypto.randomUUID(), this.#isShed(memory, call));
    if (!taken.ok) return taken;
    const unitsBefore = memory?.units ?? 0;
    const after = ingest.commit(memory, taken, now);
    if (after) ingest.ask(after, "call", now);
    if (after && call.budget) {
      const taking = { entries: taken.entries, units: after.units - unitsBefore, isFirst: memory === null };
      spending.taken(after, call.budget, taking, now);
    }
    return this.#reply(taken.reply, after, call, now);
  }

  #reply(
    taken: Omit<TakenCall, "visitor_id" | "device_id">,
    after: SessionMemory | null,
    call: TrackCall,
    now: number,
  ): TakenCall {
    const { visitor_id = null, device_id = null } = after?.head.identity ?? {};
    const reply: TakenCall = { ...taken, visitor_id, device_id };
    const engagement = after && call.expose?.includes("engagement") ? exposedOf(after.state.judgement) : null;
    if (engagement) reply.engagement = engagement;
    const record = this.#host.recorder.order(after, call.record, now);
    if (record) {
      reply.record = record;
      if (taken.ack) reply.ack = { ...taken.ack, record };
    }
    return reply;
  }

  /** Null if there is no such session, or the caller cannot show that it is theirs. */
  lead(call: LeadCall): SessionLeadAnswer | null {
    const { instance, ingest } = this.#host;
    const now = Date.now();
    const memory = instance.wake(now);
    if (!memory) return null;
    const taken = intake(memory, asTrackCall(call, memory.head, memory.state), now, () => crypto.randomUUID());
    if (!taken.ok) return null;
    const after = ingest.commit(memory, taken, now) ?? memory;
    ingest.ask(after, "call", now);
    const { head, state } = after;
    return {
      evidence: freeze(head.session_id, state, now),
      visitor_id: head.identity?.visitor_id ?? null,
      is_claim: isClaim(head.identity),
    };
  }

  record(call: ChunkCall, body: ArrayBuffer): Promise<ChunkResult> | ChunkResult {
    const { instance } = this.#host;
    const now = Date.now();
    const memory = instance.wake(now);
    if (instance.isGone(memory)) return GONE;
    return this.#takeChunk(memory, call, body, now);
  }

  async #takeChunk(
    memory: SessionMemory | null,
    call: ChunkCall,
    body: ArrayBuffer,
    now: number,
  ): Promise<ChunkResult> {
    const { recorder, spending } = this.#host;
    const { budget } = call;
    const isAsked = budget && memory && isOwn(memory, call);
    const spent = isAsked ? spending.refusal(memory, call.session_id, budget, now) : null;
    if (spent) return spent;
    const result = await recorder.take(call, body, now);
    if (result.ok && memory && budget) spending.recorded(memory, budget, body.byteLength);
    return result;
  }

  /** Whether the call's events go to the archive only. */
  #isShed(memory: SessionMemory | null, { budget }: TrackCall): boolean {
    const { spending, isDatabaseFull } = this.#host;
    return isDatabaseFull() || (budget !== undefined && spending.isShed(memory, budget));
  }

  /** Back-pressure, before anything is worked out: the sender keeps what is refused here. */
  #refusal(memory: SessionMemory | null, call: TrackCall, now: number): Refused | null {
    const { batch, start, gpc, budget, session_id } = call;
    const withdraws = gpc || start?.consent === "denied";
    // A withdrawal of consent that was given is always taken, even without any budget left.
    const isHeard = withdraws && memory !== null && memory.state.consent !== "denied";
    // The budget is not asked for a stranger's call: it is refused for being a stranger's, so it is told nothing about the session,
    // and nothing of it is kept.
    const isAsked = budget && !isHeard && (!memory || isOwn(memory, call));
    const spent = isAsked ? this.#host.spending.refusal(memory, session_id, budget, now) : null;
    if (spent) return spent;
    if ((batch || (start && !withdraws)) && memory && memory.units >= JOURNAL_MAX_UNITS) {
      return refused("busy", "The journal is full until it can be written out.", BUSY_RETRY_SECONDS);
    }
    const wait = this.#host.isLifted ? 0 : this.#bucket.take(batch?.events.length ?? 1, now);
    return wait > 0 ? refused("too_fast", "More events a second than a session may send.", wait) : null;
  }
}

/** Whether a call is of the session's site, and shows its key where it has one. */
export const isOwn = ({ head }: SessionMemory, { site, key_hash }: Pick<TrackCall, "site" | "key_hash">): boolean =>
  head.site === site && (head.key_hash === null || isSameHash(head.key_hash, key_hash ?? ""));

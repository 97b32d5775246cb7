import type { Env } from "../../src/bindings";
import { healthOf, presenceOf, type RosterReport } from "../../src/core/roster/entry";
import { addCounts } from "../../src/core/roster/figures";
import { shardName, shardOf } from "../../src/core/roster/shards";
import { markOf, type RosterMark, reasonFor } from "../../src/core/roster/when";
import { whoIs } from "../../src/core/roster/who";
import { Bucket } from "../../src/core/session/calls/bucket";
import type { TrackResult } from "../../src/core/session/calls/result";
import type { TrackCall } from "../../src/core/session/calls/track-call";
import { isClaim } from "../../src/core/session/calls/visitor-id";
import { errorField, type Logger } from "../../src/ops/logger";
import { SECOND_MS } from "../../src/time";
import type { SessionMemory } from "./memory";

/**
 * Reports of changes (page, verdict, visitor) that go out at once: the first and one more. A session that changes all the time then
 * sends one per refill, and the rest with what it takes next. The end is always reported.
 */
export const ROSTER_BURST = 2;
export const ROSTER_REFILL_MS = 3 * SECOND_MS;

/** Refusals that the operator's figures count as limits. The others are errors of the sender. */
const LIMITS = new Set(["too_fast", "busy", "stream_too_sparse", "budget_spent"]);

/**
 * Reports a session to the roster. Best effort: the session never waits for it, and the next report, within seconds, makes good
 * for one that is lost.
 */
export class Reporter {
  readonly #env: Pick<Env, "ROSTER">;
  readonly #log: Logger;
  /** A refill is one report. */
  readonly #bucket = new Bucket(ROSTER_BURST, SECOND_MS / ROSTER_REFILL_MS);
  #refused: Record<string, number> = {};
  #limits: Record<string, number> = {};
  /** The visitor of the last report, and the hash of their id, which takes longer to make than the rest of a report. */
  #visitor: { id: string | null; who: Promise<string | null> } | null = null;
  /** Visitors of earlier reports whom the session no longer names. It has to leave their shards. */
  #former: (string | null)[] = [];
  /** The last report on its way. */
  #reporting: Promise<void> = Promise.resolve();
  /** Something has changed since the last report. */
  #isOwed = false;
  /** The last report had failures: their end is worth a report too. */
  #wasUnwell = false;

  constructor(env: Pick<Env, "ROSTER">, log: Logger) {
    this.#env = env;
    this.#log = log;
  }

  /** Counts what a call's sender was refused. */
  count(call: TrackCall, result: TrackResult): void {
    if (!result.ok && LIMITS.has(result.code)) addCounts(this.#limits, { [result.code]: 1 });
    for (const { code } of call.batch?.rejected ?? []) addCounts(this.#refused, { [code]: 1 });
  }

  /** After something was taken. `before`: the mark that the session had until then. */
  taken(memory: SessionMemory, before: RosterMark, now: number): void {
    const after = markOf(memory.head, memory.state);
    if (before.seen_at !== null && before.visitor !== after.visitor) this.#former.push(before.visitor);
    const reason = reasonFor(memory.head.session_id, before, after);
    this.#isOwed ||= reason === "change";
    const isEnd = after.ended && !before.ended;
    if (reason === "beat" || (reason === "change" && isEnd) || this.#mayTell(now)) this.#report(memory, now);
  }

  /** After the alarm has written, or tried to. Trouble is reported even when the visitor is gone. */
  flushed(memory: SessionMemory, now: number): void {
    const { d1, r2 } = memory.progress;
    const isUnwell = d1.attempts + r2.attempts > 0;
    const hasCounts = Object.keys(this.#refused).length + Object.keys(this.#limits).length > 0;
    const isNews = isUnwell || this.#wasUnwell || hasCounts || this.#mayTell(now);
    if (memory.state.events > 0 && isNews) this.#report(memory, now);
    this.#wasUnwell = isUnwell;
  }

  /** Resolves when the last report has arrived, or failed. */
  settled(): Promise<void> {
    return this.#reporting;
  }

  #mayTell(now: number): boolean {
    return this.#isOwed && this.#take(now);
  }

  #take(now: number): boolean {
    return this.#bucket.take(1, now) === 0;
  }

  #report(memory: SessionMemory, now: number): void {
    const { head, state } = memory;
    const { session_id } = head;
    const visitor = head.identity?.visitor_id ?? null;
    // Taken now: the session may change while the hash is made.
    const report: Omit<RosterReport, "who"> = {
      v: 1,
      presence: presenceOf(head, state),
      seq: state.seq,
      ended: state.ended_at !== null,
      active_at: state.last_event_at ?? state.started_at,
      ...(isClaim(head.identity) && { is_claim: true }),
      health: healthOf(memory, now),
      refused: this.#refused,
      limits: this.#limits,
    };
    const former = this.#former;
    this.#former = [];
    this.#refused = {};
    this.#limits = {};
    this.#isOwed = false;
    if (this.#visitor?.id !== visitor) this.#visitor = { id: visitor, who: whoIs(visitor) };
    const { who } = this.#visitor;
    this.#reporting = this.#tell(report, who, former.map(whoIs), session_id).catch((error: unknown) =>
      this.#log.debug("report_failed", { error: errorField(error) }),
    );
  }

  /** Tells the shard of its visitor; the shards of its former visitors forget it. */
  async #tell(
    report: Omit<RosterReport, "who">,
    visitor: Promise<string | null>,
    former: Promise<string | null>[],
    session_id: string,
  ): Promise<void> {
    const who = await visitor;
    const shardFor = (one: string | null): number => shardOf(session_id, one);
    const left = new Set((await Promise.all(former)).map(shardFor).filter((shard) => shard !== shardFor(who)));
    await Promise.all([
      this.#shard(shardFor(who)).report({ ...report, who }),
      ...[...left].map((shard) => this.#shard(shard).leave(session_id, report.seq)),
    ]);
  }

  #shard = (shard: number) => this.#env.ROSTER.getByName(shardName(shard));
}

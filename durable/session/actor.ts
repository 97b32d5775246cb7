import { DurableObject } from "cloudflare:workers";
import {
  type Env,
  type ErasedSession,
  limitsLifted,
  type SessionRpc,
  type Unarchived,
  type UnlinkedSession,
} from "../../src/bindings";
import { type ChunkCall, readChunkCall } from "../../src/core/recording/chunk";
import { type LeadCall, readLeadCall, type SessionLeadAnswer } from "../../src/core/session/calls/lead";
import type { Life, LifeRow } from "../../src/core/session/calls/life";
import type { ChunkResult, TrackResult } from "../../src/core/session/calls/result";
import { readTrackCall, type TrackCall } from "../../src/core/session/calls/track-call";
import { Journal } from "../../src/data/store/journal";
import { OUTSIDE_TIMEOUT_MS } from "../../src/limits";
import { withAdmittedTypes } from "../../src/ops/admit-types";
import { createLogger, errorField, type Logger } from "../../src/ops/logger";
import { Seats } from "../sockets/seats";
import { AlarmWork } from "./alarm";
import { Calls, isOwn } from "./calls";
import { SessionErasure } from "./erasure";
import { Ingest } from "./ingest";
import { Inquiry } from "./inquiry";
import { Instance } from "./instance";
import { Recorder } from "./recorder";
import { Reporter } from "./reporter";
import { Sockets } from "./sockets";
import { SessionSpending } from "./spending";
import { unarchivedOf } from "./unarchived";
import { Watch } from "./watch";
import { eraseWithdrawn } from "./withdrawal";
import { WritingOut } from "./writing-out";

/**
 * One visitor's session. Takes events into its journal and acks them, keeps the state as a fold of the journal, and writes both
 * stores on its one alarm. Everything in memory can be made again from its SQLite. The actor itself is the reception: it takes
 * calls and hands them on.
 */
export class SessionActor extends DurableObject<Env> implements SessionRpc {
  protected journal: Journal;
  readonly #log: Logger;
  readonly #instance: Instance;
  readonly #watch: Watch;
  readonly #inquiry: Inquiry;
  readonly #reporter: Reporter;
  readonly #spending: SessionSpending;
  readonly #recorder: Recorder;
  readonly #writingOut: WritingOut;
  readonly #calls: Calls;
  readonly #sockets: Sockets;
  readonly #alarm: AlarmWork;
  readonly #erasure: SessionErasure;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.journal = new Journal(ctx.storage);
    const journal = () => this.journal;
    const renewJournal = () => {
      this.journal = new Journal(ctx.storage);
    };
    const log = createLogger(env.LOG_LEVEL, { actor: "session", session_id: ctx.id.name ?? ctx.id.toString() });
    const instance = new Instance({ ctx, journal, log });
    const seats = new Seats(ctx, () => instance.memory !== null);
    const watch = new Watch(ctx, journal);
    const inquiry = new Inquiry(env.IDENTITY, log);
    const reporter = new Reporter(env, log);
    const spending = new SessionSpending(env, log);
    const isLifted = limitsLifted(env);
    const recorder = new Recorder({
      bucket: env.TRACKING_R2,
      memory: () => (instance.isErased ? null : instance.wake(Date.now())),
      save: ({ progress }) => instance.save(progress),
      isLifted,
      log,
    });
    const ingest = new Ingest({
      instance,
      journal,
      identities: env.IDENTITY,
      inquiry,
      watch,
      reporter,
      forgetAddresses: () => seats.forgetAddresses(),
    });
    const outside = { db: env.DB, bucket: env.TRACKING_R2 };
    const writingOut = new WritingOut({ ctx, env, instance, journal, outside, spending, watch, log });
    this.#log = log;
    this.#instance = instance;
    this.#watch = watch;
    this.#inquiry = inquiry;
    this.#reporter = reporter;
    this.#spending = spending;
    this.#recorder = recorder;
    this.#writingOut = writingOut;
    this.#calls = new Calls({
      instance,
      ingest,
      spending,
      recorder,
      isDatabaseFull: () => writingOut.isDatabaseFull,
      isLifted,
    });
    this.#sockets = new Sockets({
      instance,
      seats,
      watch,
      track: (call) => withAdmittedTypes(env, call, log, (known) => this.track(known)),
    });
    this.#alarm = new AlarmWork({
      ctx,
      env,
      instance,
      ingest,
      inquiry,
      writingOut,
      eraseWithdrawn: (memory) => eraseWithdrawn(memory, { instance, bucket: env.TRACKING_R2, inquiry, log }),
      reporter,
      spending,
      renewJournal,
      log,
    });
    this.#erasure = new SessionErasure({ ctx, env, instance, ingest, quiet: () => this.#quiet(), renewJournal });
    // Answered by the runtime: a ping neither wakes the actor nor is billed as a message.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Takes one call: start, batch, end or several of them, in one turn. The reply leaves when the journal is durable. */
  track(said: TrackCall): TrackResult {
    const call = readTrackCall(said);
    const result = this.#calls.track(call);
    this.#reporter.count(call, result);
    return result;
  }

  /**
   * A lead submitted on this session's page: noted once, and answered with what the session knows at this moment. Null when
   * there is no such session, or the caller cannot show that it is theirs.
   */
  lead(call: LeadCall): SessionLeadAnswer | null {
    return this.#calls.lead(readLeadCall(call));
  }

  /** A chunk of the page's recording, gzip. The answer says that R2 has it. */
  record(call: ChunkCall, body: ArrayBuffer): Promise<ChunkResult> | ChunkResult {
    return this.#calls.record(readChunkCall(call), body);
  }

  /** Where in R2 the session is; null for an unknown id. */
  place(): { site: string; started_at: number } | null {
    const memory = this.#instance.wake(Date.now());
    return memory && { site: memory.head.site, started_at: memory.state.started_at };
  }

  /** The state this instant, unflushed entries included, as JSON text; null for an unknown id. */
  live(): string | null {
    const now = Date.now();
    const memory = this.#instance.wake(now);
    if (!memory) return null;
    this.#instance.countWake(memory);
    return JSON.stringify(this.#watch.live(memory, now));
  }

  /** What R2 does not have yet; null for an unknown id. */
  unarchived(): Unarchived | null {
    const memory = this.#instance.wake(Date.now());
    return memory && unarchivedOf(memory, this.journal);
  }

  /** For the cron that looks for lost alarms: sets the alarm again, even if this instance believes that it is set. */
  wake(): void {
    const memory = this.#instance.wake(Date.now());
    if (!memory) return;
    memory.alarm_at = null;
    this.#instance.setDeadline(memory);
  }

  /** Sockets only, opened by the Worker, which has checked origin, limits and key. */
  override async fetch(request: Request): Promise<Response> {
    return this.#sockets.open(request);
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    return this.#sockets.frame(socket, message);
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    // Closing a socket does not end the session. 1001 (the page went away) and 1006 (the line was cut) may not be sent back.
    socket.close(code >= 3000 && code <= 4999 ? code : 1000);
  }

  override webSocketError(_: WebSocket, error: unknown): void {
    this.#log.debug("socket_error", { error: errorField(error) });
  }

  /** Everything the session does by itself. */
  override alarm(): Promise<void> {
    return this.#alarm.ring();
  }

  /**
   * Whose the session's lives are. A visitor's erasure begins here: if the newest life is the visitor's own, nothing is taken any
   * more. `row`: D1's, if it names the visitor.
   */
  subject(visitor_id: string, row: LifeRow | null): Promise<Life[]> {
    return this.#erasure.subject(visitor_id, row);
  }

  /** Whose the session's lives are, as far as the actor and the archive know. */
  told(): Promise<Life[]> {
    return this.#erasure.told();
  }

  /** The visitor whose secret a lead's session has shown, for a caller who shows the session's key; null if there is none. */
  provenVisitor(call: Pick<TrackCall, "site" | "key_hash">): string | null {
    const memory = this.#instance.wake(Date.now());
    const identity = memory && isOwn(memory, call) ? memory.head.identity : null;
    return identity?.visitor_proven ? identity.visitor_id : null;
  }

  /** Whether the session has shown the secret of this visitor's id. */
  proves(visitor_id: string): boolean {
    return this.#erasure.proves(visitor_id);
  }

  /**
   * Unlinks the session from a visitor who is erased and whom it only claims to be: from now on it names nobody, and the rest of it
   * stays. `starts`: when the lives that claim the visitor began; `others`: when the other lives did. May be repeated.
   */
  unlink(visitor_id: string, starts: readonly number[], others: readonly number[] = []): Promise<UnlinkedSession> {
    return this.#erasure.unlink(visitor_id, starts, others);
  }

  /**
   * Erases the session: from now on nothing is taken, and everything that it has written goes. `starts`: when its lives began, as
   * far as the caller knows; `others`: when the lives began that are somebody else's. If the newest life is one of `others`, the
   * session goes on. May be repeated.
   */
  erase(starts: readonly number[], others: readonly number[] = []): Promise<ErasedSession> {
    return this.#erasure.erase(starts, others);
  }

  /**
   * Resolves when nothing of this session is under way any more: its alarm, its questions, its reports and counts, its recording.
   */
  async #quiet(): Promise<void> {
    await this.#alarm.settled();
    await this.#inquiry.settled(OUTSIDE_TIMEOUT_MS);
    const writers = [this.#reporter, this.#spending, this.#writingOut, this.#recorder];
    await Promise.all(writers.map((one) => one.settled()));
  }
}

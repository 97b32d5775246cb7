import { DurableObject } from "cloudflare:workers";
import {
  type Env,
  type ErasedSession,
  limitsLifted,
  type SessionRpc,
  type Unarchived,
  type UnlinkedSession,
} from "../../src/bindings";
import type { ChunkCall } from "../../src/core/recording/chunk";
import { withdraw } from "../../src/core/recording/state";
import { markOf } from "../../src/core/roster/when";
import { exposedOf } from "../../src/core/scoring/ledger";
import { Bucket } from "../../src/core/session/bucket";
import { backoff, forgetAt, idleAt, nextDeadline, storesDue, wipeAt } from "../../src/core/session/deadline";
import type { Entry, IdentityEntry } from "../../src/core/session/entry";
import { freeze } from "../../src/core/session/evidence";
import { apply } from "../../src/core/session/fold";
import { abandonments } from "../../src/core/session/forms";
import type { Head } from "../../src/core/session/head";
import { type Intake, intake, sameText } from "../../src/core/session/intake";
import { asTrackCall, type LeadAnswer, type LeadCall } from "../../src/core/session/lead";
import { isLatestTheirs, isSameLife, type Life, type LifeRow, latestOf, withRow } from "../../src/core/session/life";
import type { Erasure, Progress, StoreProgress } from "../../src/core/session/progress";
import { type ChunkResult, type Refused, refused, type TrackResult } from "../../src/core/session/result";
import { lasting, readSocket, type SocketContext } from "../../src/core/session/socket";
import type { TrackCall } from "../../src/core/session/track-call";
import { unlinked } from "../../src/core/session/unlink";
import { isClaim } from "../../src/core/session/visitor-id";
import { eraseIdentity, sessionPrefix } from "../../src/data/store/archive";
import { Journal } from "../../src/data/store/journal";
import { eraseRecording } from "../../src/data/store/recordings";
import { readTombstone } from "../../src/data/store/tombstone";
import {
  BUSY_RETRY_SECONDS,
  DATABASE_SHED_BYTES,
  ERASE_AGAIN_MS,
  KEY_CHECK_MS,
  MAX_USED_TICKETS,
  OUTSIDE_TIMEOUT_MS,
} from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { createLogger, errorField, type Logger } from "../../src/ops/logger";
import { withTypes } from "../../src/ops/types";
import { canBeRevoked, closeRevoked } from "../sockets/followers";
import { Seats } from "../sockets/seats";
import { countSession } from "./count";
import { dropTombstone, eraseLives, eraseSession, lifeNow, livesOf } from "./erasing";
import { flush, type Outside } from "./flush";
import { handleFrame } from "./frames";
import { Inquiry, type Occasion, toldOf } from "./inquiry";
import { ERASE_WAIT_MS, FLUSH_MS } from "./limits";
import { load, type Memory, newMemory, scheduleFlush, setDue, withdrawalAt } from "./memory";
import { Recorder } from "./recorder";
import { Reporter } from "./reporter";
import { Spending } from "./spending";
import { forgetStuck, tellStuck } from "./stuck";
import { unarchivedOf } from "./unarchived";
import { unlinkOutside } from "./unlinking";
import { Watch } from "./watch";

/** Journal text at which the actor answers `busy`: hours of D1 outage for an ordinary session, and a load of < 100 ms. */
export const JOURNAL_MAX_UNITS = 4 * 1024 * 1024;
/** Plans written per alarm before it yields to the next one: 20,000 events. */
const PLANS_PER_ALARM = 20;
/** How long a flush waits for an identity's answer on its way: the answer then needs no flush of its own. */
export const IDENTITY_WAIT_MS = 300;

const GONE = refused("session_erased", "This session was erased, and takes nothing any more.");

const due = (time: number | null, now: number): boolean => time !== null && time <= now;

/**
 * One visitor's session. Takes events into its journal and acks them, keeps the state as a fold of the journal, and
 * writes both stores on its one alarm. Everything in memory can be made again from its SQLite.
 */
export class SessionActor extends DurableObject<Env> implements SessionRpc {
  protected outside: Outside;
  protected journal: Journal;
  #memory: Memory | null = null;
  #alarmAtWake: number | null = null;
  #isWakeCounted = false;
  /** The frame being taken, and those before it. */
  #frames: Promise<void> = Promise.resolve();
  #bucket = new Bucket();
  /** The alarm that is running, or the last one. */
  #running: Promise<void> = Promise.resolve();
  /** The last count on its way to KV. */
  #counting: Promise<void> = Promise.resolve();
  #isErased = false;
  /** As D1 said with the last flush of this instance. */
  #isDatabaseFull = false;
  #watch: Watch;
  readonly #seats: Seats;
  #reporter: Reporter;
  readonly #spending: Spending;
  #log: Logger;
  readonly #inquiry: Inquiry;
  readonly #recorder: Recorder;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.outside = { db: env.DB, bucket: env.TRACKING_R2 };
    this.journal = new Journal(ctx.storage);
    this.#seats = new Seats(ctx, () => this.#memory !== null);
    this.#watch = new Watch(ctx, () => this.journal);
    this.#log = createLogger(env.LOG_LEVEL, { actor: "session", session_id: ctx.id.name ?? ctx.id.toString() });
    this.#inquiry = new Inquiry(env.IDENTITY, this.#log);
    this.#reporter = new Reporter(env, this.#log);
    this.#spending = new Spending(env, this.#log);
    this.#recorder = new Recorder({
      bucket: () => this.outside.bucket,
      memory: () => (this.#isErased ? null : this.#wake(Date.now())),
      save: ({ progress }) => this.#orAbort(() => this.journal.writeProgress(progress)),
      isLifted: limitsLifted(env),
      log: this.#log,
    });
    // Answered by the runtime: a ping neither wakes the actor nor is billed as a message.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    // Known once and for all: reading the alarm costs a row read a wake, setting it again would cost a row written.
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAtWake = await ctx.storage.getAlarm();
    });
  }

  /** Takes one call: start, batch, end or several of them, in one turn. The reply leaves when the journal is durable. */
  track(call: TrackCall): TrackResult {
    const result = this.#take(call);
    this.#reporter.count(call, result);
    return result;
  }

  #take(call: TrackCall): TrackResult {
    const now = Date.now();
    const memory = this.#wake(now);
    if (this.#isGone(memory)) return GONE;
    const refusal = this.#overload(memory, call, now);
    if (refusal) return refusal;
    const shed = this.#isDatabaseFull || (call.budget ? this.#spending.isShed(memory, call.budget) : false);
    const taken = intake(memory, call, now, () => crypto.randomUUID(), shed);
    if (!taken.ok) return taken;
    const { units = 0 } = memory ?? {};
    const after = this.#commit(memory, taken, now);
    if (after) this.#ask(after, "call", now);
    if (after && call.budget) {
      const taking = { entries: taken.entries, units: after.units - units, isFirst: memory === null };
      this.#spending.taken(after, call.budget, taking, now);
    }
    const { visitor_id = null, device_id = null } = after?.head.identity ?? {};
    const engagement = call.expose?.includes("engagement") && after ? exposedOf(after.state.judgement) : null;
    const record = this.#recorder.order(after, call.record, now);
    const { ack } = taken.reply;
    return {
      ...{ ...taken.reply, visitor_id, device_id },
      ...(engagement && { engagement }),
      ...(record && { ack: ack && { ...ack, record }, record }),
    };
  }

  /**
   * A lead submitted on this session's page: noted once, and answered with what the session knows at this moment. Null
   * when there is no such session, or the caller cannot show that it is theirs.
   */
  lead(call: LeadCall): LeadAnswer | null {
    const now = Date.now();
    const memory = this.#wake(now);
    if (!memory) return null;
    const taken = intake(memory, asTrackCall(call, memory.head, memory.state), now, () => crypto.randomUUID());
    if (!taken.ok) return null;
    const after = this.#commit(memory, taken, now) ?? memory;
    this.#ask(after, "call", now);
    const { head, state } = after;
    const visitor_id = head.identity?.visitor_id ?? null;
    return { evidence: freeze(head.session_id, state, now), visitor_id, is_claim: isClaim(head.identity) };
  }

  /** A chunk of the page's recording, gzip. The answer says that R2 has it. */
  record(call: ChunkCall, body: ArrayBuffer): Promise<ChunkResult> | ChunkResult {
    const now = Date.now();
    const memory = this.#wake(now);
    if (this.#isGone(memory)) return GONE;
    return this.#takeChunk(memory, call, body, now);
  }

  async #takeChunk(memory: Memory | null, call: ChunkCall, body: ArrayBuffer, now: number): Promise<ChunkResult> {
    const { budget } = call;
    const isAsked = budget && memory && isOwn(memory, call);
    const spent = isAsked ? this.#spending.refusal(memory, call.session_id, budget, now) : null;
    if (spent) return spent;
    const result = await this.#recorder.take(call, body, now);
    if (result.ok && memory && budget) this.#spending.recorded(memory, budget, body.byteLength);
    return result;
  }

  /** Where in R2 it is; null for an unknown id. */
  place(): { site: string; started_at: number } | null {
    const memory = this.#wake(Date.now());
    return memory && { site: memory.head.site, started_at: memory.state.started_at };
  }

  /** The state this instant, unflushed entries included, as JSON text; null for an unknown id. */
  live(): string | null {
    const now = Date.now();
    const memory = this.#wake(now);
    if (!memory) return null;
    this.#countWake(memory);
    return JSON.stringify(this.#watch.live(memory, now));
  }

  /** What R2 does not have yet; null for an unknown id. */
  unarchived(): Unarchived | null {
    const memory = this.#wake(Date.now());
    return memory && unarchivedOf(memory, this.journal);
  }

  /** For the cron that looks for lost alarms: sets the alarm again, whatever this instance believes of it. */
  wake(): void {
    const memory = this.#wake(Date.now());
    if (!memory) return;
    memory.alarm_at = null;
    this.#setDeadline(memory);
  }

  /** Sockets only, opened by the Worker, which has checked origin, limits and key. */
  override async fetch(request: Request): Promise<Response> {
    const context = readSocket(request);
    const now = Date.now();
    const memory = this.#wake(now);
    const full = this.#seats.refusal(context) ?? spentOf(context, memory);
    if (full !== null) return new Response(full, { status: 429 });
    const isHidden =
      context.kind === "watch" && context.sites !== null && !context.sites.includes(memory?.head.site ?? "");
    if (context.kind === "watch" && (!memory || isHidden)) return new Response("session_unknown", { status: 404 });
    if (context.ticket && memory && !this.#redeem(memory, context.ticket, now)) {
      return new Response("ticket_invalid", { status: 401 });
    }
    return this.#accept(lasting(context), memory, now);
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    // One after the other: hashing a session key takes its time, and nothing may overtake the frame with the start.
    const turn = this.#frames.then(() => this.#takeFrame(socket, message));
    this.#frames = turn.catch(() => {});
    return turn;
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    // Closing a socket ends nothing. Of the codes that can arrive (1001 from a page that goes away, 1006 from a cut line)
    // only these may be sent back.
    socket.close(code >= 3000 && code <= 4999 ? code : 1000);
  }

  override webSocketError(_: WebSocket, error: unknown): void {
    this.#log.debug("socket_error", { error: errorField(error) });
  }

  /** Everything the session does by itself. Never throws for an outside failure, so that no alarm is ever dropped. */
  override alarm(): Promise<void> {
    this.#running = this.#work();
    return this.#running;
  }

  /**
   * Whose the session's lives are, for a visitor's erasure: that begins here, and where the newest is the visitor's own nothing
   * is taken any more. `row`: D1's, where it names the visitor.
   */
  async subject(visitor_id: string, row: LifeRow | null): Promise<Life[]> {
    for (;;) {
      const memory = this.#wake(Date.now());
      const isOwn = (lives: readonly Life[]): boolean =>
        isLatestTheirs(lives, visitor_id, memory?.state.started_at ?? null);
      if (memory && isOwn(withRow([lifeNow(memory)], visitor_id, row))) this.#isErased = true;
      const isClosed = this.#isErased;
      const lives = withRow(await this.told(), visitor_id, row);
      if (isClosed || !isOwn(lives)) return lives;
      // It has begun anew meanwhile: whose that is, is to be seen.
      if (this.#memory !== memory) continue;
      this.#isErased = true;
      if (!memory) return lives;
      // The archive alone knew: whom it has told of itself since is asked for once more.
    }
  }

  /** Whom the session's lives are of, as far as the actor and the archive know. */
  told(): Promise<Life[]> {
    const memory = this.#wake(Date.now());
    return livesOf(this.outside.bucket, this.#id(memory), memory);
  }

  /** Whom a lead's session has shown its visitor to be, for who shows its key; null for nobody. */
  provenVisitor(call: Pick<TrackCall, "site" | "key_hash">): string | null {
    const memory = this.#wake(Date.now());
    const identity = memory && isOwn(memory, call) ? memory.head.identity : null;
    return identity?.visitor_proven ? identity.visitor_id : null;
  }

  /** Whether the session has shown the secret of this visitor's id. */
  proves(visitor_id: string): boolean {
    const identity = this.#wake(Date.now())?.head.identity;
    return identity?.visitor_id === visitor_id && identity.visitor_proven === true;
  }

  /**
   * A visitor is erased whom this session only claims to be: from now on it names nobody, as after a withdrawal, and the rest
   * of it stays. `starts`: when the lives began that claim it; `others`: when those did that do not. May be repeated.
   */
  async unlink(
    visitor_id: string,
    starts: readonly number[],
    others: readonly number[] = [],
  ): Promise<UnlinkedSession> {
    const memory = this.#lifeBeside(others);
    if (memory && this.proves(visitor_id)) return { is_proven: true, again: false };
    const wasStuck = isStuck(memory);
    if (memory) this.#commit(memory, unlinked(memory, visitor_id, Date.now()), Date.now());
    const settled = await inTime(this.#quiet(), ERASE_WAIT_MS).then(
      () => true,
      () => false,
    );
    const id = this.#id(memory);
    const prefixes = new Set(starts.map((start) => sessionPrefix(id, start)));
    const current = memory && sessionPrefix(id, memory.state.started_at);
    // Of somebody whom it names after another consent nothing is taken.
    if (current && memory.head.identity) prefixes.delete(current);
    else if (current) prefixes.add(current);
    await unlinkOutside(this.outside, id, visitor_id, prefixes);
    return { is_proven: false, again: !settled || wasStuck || isStuck(memory) };
  }

  #id = (memory: Memory | null): string => this.ctx.id.name ?? memory?.head.session_id ?? "";

  /**
   * The person asked for it: from now on nothing is taken, and everything this session has written goes. `starts`: when
   * its lives began, as far as the caller knows; `others`: when those did that are somebody else's. If the newest is one of
   * these, the session goes on. May be repeated.
   */
  async erase(starts: readonly number[], others: readonly number[] = []): Promise<ErasedSession> {
    const memory = this.#lifeBeside(others);
    const goes_on = memory ? false : this.#wake(Date.now()) !== null || latestOf(others) > latestOf(starts);
    if (goes_on) {
      const { db: DB, bucket: TRACKING_R2 } = this.outside;
      const erased = await eraseLives({ DB, TRACKING_R2 }, this.#id(this.#memory), starts, others);
      return { ...erased, again: false, goes_on };
    }
    this.#isErased = true;
    this.#memory = null;
    for (const socket of this.ctx.getWebSockets()) socket.close(4404, "session_erased");
    if (memory) await forgetStuck(this.env, memory);
    const { db: DB, bucket: TRACKING_R2 } = this.outside;
    const erased = await eraseSession({
      ...{ storage: this.ctx.storage, outside: { DB, TRACKING_R2, TRACKING_KV: this.env.TRACKING_KV } },
      ...{ session_id: this.#id(memory), running: this.#quiet() },
      isUncertain: () => memory !== null && (memory.progress.d1.plan ?? memory.progress.r2.plan) !== null,
      starts: memory
        ? [...starts.filter((one) => !isSameLife(one, memory.state.started_at)), memory.state.started_at]
        : starts,
      others,
    });
    this.journal = new Journal(this.ctx.storage);
    return erased;
  }

  /** The life that is under way, unless it is one of these. */
  #lifeBeside(others: readonly number[]): Memory | null {
    const memory = this.#wake(Date.now());
    return memory && others.some((start) => isSameLife(start, memory.state.started_at)) ? null : memory;
  }

  /** Until nothing of this session is under way any more: its alarm, its questions, its reports and counts, its recording. */
  async #quiet(): Promise<void> {
    await this.#running;
    await this.#inquiry.settled(OUTSIDE_TIMEOUT_MS);
    await Promise.all([this.#reporter.settled(), this.#spending.settled(), this.#counting, this.#recorder.settled()]);
  }

  async #work(): Promise<void> {
    if (!this.#isErased) this.#memory ??= this.#orAbort(() => load(this.journal, Date.now()));
    const memory = this.#memory;
    if (!memory) return dropTombstone(this.ctx.storage, Date.now());
    const now = Date.now();
    // Until it has gone through, the alarm that rings stands for any other: it rings again if this process dies.
    memory.alarm_at = now;
    memory.standby = null;
    // An instance that this alarm has woken does not know when it last asked.
    if (memory.keys_due === null && canBeRevoked(this.ctx.getWebSockets("watch"))) memory.keys_due = now;
    this.#endIfIdle(memory, now);
    this.#abandonForms(memory, now);
    this.#ask(memory, "alarm", now);
    await this.#inquiry.settled(IDENTITY_WAIT_MS);
    if (this.#memory !== memory) return;
    memory.alarm_at = null;
    try {
      await this.#flushAll(memory);
    } catch (error) {
      // Outside failures are outcomes; what is thrown is storage's.
      this.#abort(error);
    }
    await this.#eraseWithdrawn(memory);
    await this.#checkKeys(memory);
    if (this.#memory !== memory) return;
    const done = Date.now();
    this.#reporter.flushed(memory, done);
    this.#spending.flushed(memory);
    if (due(forgetAt(memory), done) || due(wipeAt(memory), done)) return this.#wipe();
    this.#setDeadline(memory);
  }

  async #takeFrame(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const context = this.#seats.speaker(socket);
    if (!context) return;
    await handleFrame(socket, context, message, {
      track: (call) => withTypes(this.env, call, this.#log, (known) => this.track(known)),
      keep: (of, changed) => this.#seats.keep(of, changed),
    });
    this.#seats.spoken();
  }

  #wake(now: number): Memory | null {
    if (this.#memory || this.#isErased) return this.#memory;
    const memory = this.#orAbort(() => load(this.journal, now));
    if (!memory) return null;
    memory.alarm_at = this.#alarmAtWake;
    this.#memory = memory;
    this.#planKeyCheck(memory, now);
    this.#setDeadline(memory);
    return memory;
  }

  #planKeyCheck(memory: Memory, now: number): void {
    if (memory.keys_due !== null || !canBeRevoked(this.ctx.getWebSockets("watch"))) return;
    memory.keys_due = now + KEY_CHECK_MS;
    this.#setDeadline(memory);
  }

  async #checkKeys(memory: Memory): Promise<void> {
    const now = Date.now();
    if (!due(memory.keys_due, now)) return;
    await closeRevoked(this.env, this.ctx.getWebSockets("watch"), now, this.#log);
    memory.keys_due = canBeRevoked(this.ctx.getWebSockets("watch")) ? now + KEY_CHECK_MS : null;
  }

  /** Erased for good, as this instance knows or the tombstone says. */
  #isGone(memory: Memory | null): boolean {
    this.#isErased ||= !memory && readTombstone(this.ctx.storage) !== null;
    return this.#isErased;
  }

  /** A wake that only looks writes nothing of its own, and would be forgotten with the next. */
  #countWake({ progress }: Memory): void {
    if (this.#isWakeCounted) return;
    this.#orAbort(() => this.journal.writeProgress(progress));
    this.#isWakeCounted = true;
  }

  /** Back-pressure, before anything is worked out: the sender keeps what is refused here. */
  #overload(memory: Memory | null, call: TrackCall, now: number): Refused | null {
    const { batch, start, gpc, budget, session_id } = call;
    const withdraws = gpc || start?.consent === "denied";
    // Whoever withdraws what they had agreed to is always heard.
    const isHeard = withdraws && memory !== null && memory.state.consent !== "denied";
    // Of a stranger's call nothing is said, or kept: it is refused for what it is.
    const isAsked = budget && !isHeard && (!memory || isOwn(memory, call));
    const spent = isAsked ? this.#spending.refusal(memory, session_id, budget, now) : null;
    if (spent) return spent;
    if ((batch || (start && !withdraws)) && memory && memory.units >= JOURNAL_MAX_UNITS) {
      return refused("busy", "The journal is full until it can be written out.", BUSY_RETRY_SECONDS);
    }
    const wait = limitsLifted(this.env) ? 0 : this.#bucket.take(batch?.events.length ?? 1, now);
    return wait > 0 ? refused("too_fast", "More events a second than a session may send.", wait) : null;
  }

  /** Journal first, in one atomic commit; only then memory. */
  #commit(before: Memory | null, taken: Omit<Intake, "ok" | "reply">, now: number): Memory | null {
    const { entries, head } = taken;
    if (entries.length === 0 && (!before || before.head === head)) return before;
    const memory = before ?? { ...newMemory(head), state: taken.state };
    const mark = markOf(memory.head, memory.state);
    const events = entries.filter((entry) => entry.kind === "event").length;
    const body = JSON.stringify(entries).slice(1, -1);
    const progress = this.#progressWith(memory, head, taken.withdrawn, now);
    this.#orAbort(() => {
      const steps = () => {
        if (!before) this.journal.create(head, progress);
        else if (before.head !== head) this.journal.writeHead(head);
        if (before && before.progress !== progress) this.journal.writeProgress(progress);
        const [first] = entries;
        if (first) {
          const hi = first.seq + entries.length - 1;
          this.journal.append({ lo: first.seq, hi, events, wake: progress.wakes, body });
        }
      };
      // One statement is atomic by itself, and that is most calls.
      if (before?.head === head && before.progress === progress) steps();
      else this.journal.transaction(steps);
      this.#memory = Object.assign(memory, { head, progress });
      for (const entry of entries) apply(memory.state, entry);
      memory.units += body.length;
      memory.unplanned += body.length;
      scheduleFlush(memory, taken, now, Math.random());
      this.#setDeadline(memory);
    });
    if (taken.withdrawn) this.#seats.forgetAddresses();
    this.#watch.tell(memory, entries, now);
    this.#reporter.taken(memory, mark, now);
    return memory;
  }

  /** A withdrawal sets erasure going; who is told of a new identity is written down before they are. */
  #progressWith(memory: Memory, head: Head, withdrawn: boolean, now: number): Progress {
    if (withdrawn) return withErasure(memory, now);
    const { progress } = memory;
    // If the head is unchanged, no new shard was told, so skip the look-up: it takes longer than folding a batch.
    if (memory.head === head && progress.told) return progress;
    const told = toldOf(this.env.IDENTITY, head, progress.told);
    return told.length === (progress.told?.length ?? 0) ? progress : { ...progress, told };
  }

  /** Not with each commit: what the alarm does by itself is no call, and an answer asks nothing. */
  #ask(memory: Memory, occasion: Occasion, now: number): void {
    this.#inquiry.start(memory, occasion, now, (answer) => this.#learn(memory, answer));
  }

  /** What the shards of its identities answered, unless the session has withdrawn, or is gone, in the meantime. */
  #learn(memory: Memory, answer: Omit<IdentityEntry, "seq">): void {
    const { head, state } = memory;
    if (this.#memory !== memory || state.consent !== "granted" || head.identity_version !== answer.version) return;
    const entries: Entry[] = [{ ...answer, seq: state.seq + 1 }];
    this.#commit(memory, { head, state, entries, ended: state.ended_at !== null, withdrawn: false }, Date.now());
  }

  /** A storage call that throws leaves memory in doubt: drop it, so that the next call begins from SQLite. */
  #orAbort<T>(step: () => T): T {
    try {
      return step();
    } catch (error) {
      return this.#abort(error);
    }
  }

  #abort(error: unknown): never {
    this.#log.error("storage_failed", { error: errorField(error) });
    this.#memory = null;
    this.ctx.abort("storage failed");
    throw error;
  }

  /** Sets the alarm when none is known or the known one is later: each `setAlarm` is a billed row. */
  #setDeadline(memory: Memory): void {
    const due = nextDeadline(memory);
    if (due === null) return;
    // While a plan is being written this alarm takes the running one's place: it must find the plan if the process dies.
    const at = memory.writing ? Math.min(due, Date.now() + FLUSH_MS) : due;
    if (memory.alarm_at !== null && memory.alarm_at <= at) return;
    memory.alarm_at = at;
    this.journal.setAlarm(at);
  }

  #endIfIdle(memory: Memory, now: number): void {
    if (!due(idleAt(memory), now)) return;
    const { state, head } = memory;
    const end: Entry = { seq: state.seq + 1, at: now, kind: "end", received_at: now, reason: "idle", exit_page: null };
    this.#commit(memory, { head, state, entries: [end], ended: true, withdrawn: false }, now);
  }

  #abandonForms(memory: Memory, now: number): void {
    const { state, head } = memory;
    const entries = abandonments(state, now);
    this.#commit(memory, { head, state, entries, ended: state.ended_at !== null, withdrawn: false }, now);
  }

  async #flushAll(memory: Memory): Promise<void> {
    for (let i = 0; i < PLANS_PER_ALARM && this.#memory === memory; i++) {
      const now = Date.now();
      const count = countSession(memory, this.env.TRACKING_KV, now);
      if (count) {
        this.#counting = count.catch((error) => this.#log.warn("count_failed", { error: errorField(error) }));
        this.ctx.waitUntil(this.#counting);
      }
      this.#spending.writing(memory, storesDue(memory, now).length, now);
      const { outcomes, more } = await flush(memory, this.journal, this.outside, now);
      for (const { store, plan, error, refused: set_aside, database_bytes } of outcomes) {
        if (database_bytes !== null) this.#isDatabaseFull = database_bytes >= DATABASE_SHED_BYTES;
        const fields = { store, lo: plan.lo, hi: plan.hi, ms: Date.now() - now, quarantined: set_aside.length };
        if (error !== null)
          this.#log.warn("flush_failed", { ...fields, attempts: memory.progress[store].attempts, error });
        else this.#log.debug("flushed", fields);
      }
      await tellStuck(this.env, memory, outcomes, this.#log);
      if (outcomes.length > 0) {
        this.#watch.tell(memory, [], Date.now());
        const isOpen = memory.state.ended_at === null && this.ctx.getWebSockets("track").length > 0;
        const isReady = isOpen && outcomes.some(({ store }) => store === "d1");
        memory.standby = isReady ? Date.now() + FLUSH_MS : null;
      }
      if (more.length === 0) return;
      for (const store of more) setDue(memory, store, Date.now());
    }
  }

  /** Identity objects leave R2, and the shards of its identities forget; D1's row is cleared by the flush of the consent entry itself. */
  async #eraseWithdrawn(memory: Memory): Promise<void> {
    const { erase, told = [] } = memory.progress;
    if (!erase || erase.retry_at > Date.now()) return;
    const { head, state } = memory;
    const isAsking = !(await this.#inquiry.settled(OUTSIDE_TIMEOUT_MS));
    const { bucket } = this.outside;
    const prefix = sessionPrefix(head.session_id, state.started_at);
    const steps = await Promise.allSettled([
      eraseIdentity(bucket, prefix, erase.through).then(() => false),
      memory.progress.recording && eraseRecording(bucket, prefix).then(() => false),
      this.#inquiry.forget(head.session_id, told),
    ]);
    const failure = steps.find((step) => step.status === "rejected");
    const again = erase.again || isAsking || steps.some((step) => step.status === "fulfilled" && step.value);
    let left: Erasure | null = null;
    if (failure) {
      const attempts = erase.attempts + 1;
      left = { ...erase, attempts, retry_at: Date.now() + backoff(attempts, Math.random(), true) };
      this.#log.warn("erase_failed", { attempts, error: errorField(failure.reason) });
    } else if (again) left = { ...erase, again: false, attempts: 0, retry_at: Date.now() + ERASE_AGAIN_MS };
    const { progress } = memory;
    // Withdrawn once more in the meantime: that erasure is still to come.
    if (progress.erase?.through === erase.through) progress.erase = left;
    if (!left && memory.state.consent === "denied")
      progress.told = (progress.told ?? []).filter((id) => !told.includes(id));
    this.#orAbort(() => this.journal.writeProgress(progress));
  }

  /** The linger is over and everything is written: the id is free again. Memory goes in the same turn. */
  async #wipe(): Promise<void> {
    this.#memory = null;
    this.journal = new Journal(this.ctx.storage);
    for (const socket of this.ctx.getWebSockets()) socket.close(4404, "session_unknown");
    await this.ctx.storage.deleteAll();
    this.#log.debug("wiped");
  }

  #redeem(memory: Memory, ticket: { nonce: string; expires_at: number }, now: number): boolean {
    const used = memory.progress.used_tickets.filter(([, expiry]) => expiry > now);
    if (used.length >= MAX_USED_TICKETS || used.some(([nonce]) => nonce === ticket.nonce)) return false;
    memory.progress.used_tickets = [...used, [ticket.nonce, ticket.expires_at]];
    this.#orAbort(() => this.journal.writeProgress(memory.progress));
    return true;
  }

  #accept(context: SocketContext, memory: Memory | null, now: number): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.#seats.take(server, context);
    if (memory && hasWithdrawn(memory.head)) this.#seats.forgetAddresses();
    if (context.kind === "watch" && memory) {
      server.send(JSON.stringify({ t: "live", data: this.#watch.live(memory, now) }));
      this.#planKeyCheck(memory, now);
    }
    if (context.kind === "track" && memory && memory.head.site !== context.site) server.close(4404, "session_unknown");
    const headers = context.protocol ? { "Sec-WebSocket-Protocol": context.protocol } : {};
    return new Response(null, { status: 101, webSocket: client, headers });
  }
}

/** A write was given up, and may still land. */
const isStuck = (memory: Memory | null): boolean =>
  memory !== null && memory.progress.d1.attempts + memory.progress.r2.attempts > 0;

/** It has named somebody, and names nobody any more. */
const hasWithdrawn = ({ identity, identity_version }: Head): boolean => identity === null && identity_version > 0;

/** A new session has to wait, as its page would hear it with a call. */
const spentOf = (context: SocketContext, memory: Memory | null): string | null =>
  context.kind === "track" && !memory && context.budget?.new_sessions_wait !== undefined ? "budget_spent" : null;

/** Whether a call is of the session's site, and shows its key where it has one. */
const isOwn = ({ head }: Memory, { site, key_hash }: Pick<TrackCall, "site" | "key_hash">): boolean =>
  head.site === site && (head.key_hash === null || sameText(head.key_hash, key_hash ?? ""));

/** A withdrawal does not wait for a back-off: it has a minute. */
function withErasure({ progress, head }: Memory, now: number): Progress {
  const retry_at = withdrawalAt({ progress }, now);
  const soon = (store: StoreProgress) => (store.attempts > 0 ? { ...store, retry_at } : store);
  const recording = progress.recording && withdraw(progress.recording, now);
  // A chunk may be on its way too.
  const again = progress.r2.plan !== null || recording !== undefined;
  // Not "planned": a retry of an older plan may have carried an identity that came after it.
  const erase =
    head.identity_version > 0 || recording ? { through: head.identity_version, attempts: 0, retry_at, again } : null;
  return { ...progress, d1: soon(progress.d1), r2: soon(progress.r2), erase, ...(recording && { recording }) };
}

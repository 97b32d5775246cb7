import { DurableObject } from "cloudflare:workers";
import type { Env, RosterChanges, RosterPlace, RosterRpc } from "../../src/bindings";
import type { Bots } from "../../src/core/api/filter";
import { type Health, isHere, type Presence, type RosterReport } from "../../src/core/roster/entry";
import { addCounts, figuresOf, type RosterFigures } from "../../src/core/roster/figures";
import { countVisitors, type Here, isAsked, isLeftFor, visitorOf } from "../../src/core/roster/people";
import { type RosterSummary, summarize } from "../../src/core/roster/summary";
import { RosterRows, type Seat, type Totals } from "../../src/data/store/roster";
import { MINUTE_MS } from "../../src/time";

/** Seats of a shard: 320,000 visitors in all, and some 10 MB of memory a shard. A session that finds no seat is not shown. */
const ROSTER_MAX_SEATS = 20_000;
/** How long a session's health is remembered. A session that retries reports at least every two minutes. */
const HEALTH_TTL_MS = 5 * MINUTE_MS;
/** How often a shard checks whether it is empty. If it is, it forgets everything, its file included. */
export const ROSTER_SWEEP_MS = 10 * MINUTE_MS;

interface KnownSeat {
  slot: number;
  seat: Seat;
  version: number;
  /** The visitor has gone on to another session, and this one's end was not heard of. */
  isLeft: boolean;
}

const NO_TOTALS: Totals = { v: 1, reports: 0, refused: {}, limits: {} };

/**
 * One shard of who is on the sites now. Sessions report, and this actor compares times: a session that was not heard of for a
 * minute is gone, without anybody doing anything. Each report is a row before it is answered, so an eviction loses nobody.
 */
export class RosterActor extends DurableObject<Env> implements RosterRpc {
  readonly #seats: RosterRows;
  readonly #known = new Map<string, KnownSeat>();
  /** Sessions of one visitor, by the hash of who it is. */
  readonly #byWho = new Map<string, Set<KnownSeat>>();
  readonly #free: number[] = [];
  readonly #epoch = crypto.randomUUID();
  #version = 0;
  #slots = 0;
  #totals: Totals;
  #alarmAt: number | null = null;
  /** The health of sessions. It is not kept on disk, because a session that is not well reports again soon. */
  readonly #health = new Map<string, { at: number; health: Health }>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#seats = new RosterRows(ctx.storage);
    this.#totals = this.#seats.totals() ?? structuredClone(NO_TOTALS);
    for (const { slot, seat } of this.#seats.all()) {
      this.#slots = Math.max(this.#slots, slot + 1);
      const { session_id } = seat.presence;
      const other = this.#known.get(session_id);
      if (other && other.seat.seq > seat.seq) this.#free.push(slot);
      else this.#known.set(session_id, { slot, seat, version: 0, isLeft: false });
    }
    for (const known of this.#known.values()) this.#add(known);
    for (const known of this.#known.values())
      known.isLeft = this.#others(known).some((other) => isLeftFor(known.seat, other.seat));
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = await ctx.storage.getAlarm();
    });
  }

  report(report: RosterReport): void {
    const now = Date.now();
    const { presence, seq, ended, active_at, who, is_claim, health, refused, limits } = report;
    this.#note(presence.session_id, health, now);
    this.#count(refused, limits);
    const known = this.#known.get(presence.session_id);
    if (known && known.seat.seq > seq) return;
    const slot = known?.slot ?? this.#takeSlot(now);
    if (slot === null) return;
    const seat: Seat = { v: 1, presence, seq, ended, active_at, who, ...(is_claim && { is_claim }) };
    this.#seats.write(slot, seat);
    this.#version += 1;
    this.#seat({ slot, seat, version: this.#version, isLeft: false });
    if (this.#alarmAt !== null) return;
    this.#alarmAt = now + ROSTER_SWEEP_MS;
    void this.ctx.storage.setAlarm(this.#alarmAt);
  }

  /** Takes a session out, as if it had never been there. No report is newer than this, so none brings it back. */
  remove(session_id: string): boolean {
    return this.leave(session_id, Number.MAX_SAFE_INTEGER);
  }

  /**
   * Takes out a session whose visitor has changed, because another shard has it now. `seq`: the session's seq at that time. False
   * if it is not here, or a newer report is.
   */
  leave(session_id: string, seq: number): boolean {
    this.#health.delete(session_id);
    const known = this.#known.get(session_id);
    if (!known || known.seat.seq > seq) return false;
    // Nothing stays on disk. In memory it is marked as left until it expires, so that those who follow the site hear of it.
    const { site } = known.seat.presence;
    const gone: Presence = { ...NOBODY, session_id, site };
    // With this seq, a report that was on its way changes nothing any more.
    const seat: Seat = { v: 1, presence: gone, seq, ended: true, active_at: 0, who: null };
    this.#seats.erase(known.slot);
    this.#version += 1;
    this.#seat({ slot: known.slot, seat, version: this.#version, isLeft: false });
    return true;
  }

  /** A session is no longer the visitor's: takes it out if it is here as theirs, and lets its next report in. */
  part(session_id: string, who: string | null): boolean {
    const seat = this.#known.get(session_id)?.seat;
    return seat !== undefined && seat.who === who && this.leave(session_id, seat.seq);
  }

  /** Counts of who is there, and the latest of them. `site` is null for all sites. */
  summary(site: string | null, bots: Bots, limit: number): RosterSummary {
    return summarize(this.#here(site), bots, limit);
  }

  /** Who has changed since `since`. Everybody, if it is null or comes from an earlier load of this shard. */
  changes(site: string | null, since: RosterPlace | null): RosterChanges {
    const after = since?.epoch === this.#epoch ? since.version : -1;
    const now = Date.now();
    const changed = [...this.#known.values()]
      .filter(
        (known) =>
          known.version > after &&
          isOf(known.seat, site) &&
          (hasLeft(known) ? after >= 0 : isHere(known.seat.presence, now)),
      )
      .map((known) => ({ ...hereOf(known), ended: hasLeft(known) }));
    return { epoch: this.#epoch, version: this.#version, changed };
  }

  /** A visitor's sessions, by the hash of the visitor id, also those that no store may know yet. */
  sessionsOf(who: string, sites: readonly string[] | null): string[] {
    const presences = [...(this.#byWho.get(who) ?? [])].map(({ seat }) => seat.presence);
    return presences.filter(({ site }) => sites === null || sites.includes(site)).map(({ session_id }) => session_id);
  }

  figures(): RosterFigures {
    const now = Date.now();
    for (const [id, { at }] of this.#health) if (at + HEALTH_TTL_MS <= now) this.#health.delete(id);
    const health = [...this.#health.values()].map((one) => one.health);
    const people = this.#here(null).filter(({ presence }) => isAsked(presence, "exclude"));
    return figuresOf(health, { visitors: countVisitors(people), ...this.#totals });
  }

  /** Forgets everything if nobody is left. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    this.#alarmAt = null;
    if (this.#here(null).length > 0) {
      this.#alarmAt = now + ROSTER_SWEEP_MS;
      await this.ctx.storage.setAlarm(this.#alarmAt);
      return;
    }
    this.#known.clear();
    this.#byWho.clear();
    this.#free.length = 0;
    this.#slots = 0;
    await this.#seats.clear(this.#totals);
  }

  #here(site: string | null): Here[] {
    const now = Date.now();
    const present = [...this.#known.values()].filter(
      (known) => !hasLeft(known) && isOf(known.seat, site) && isHere(known.seat.presence, now),
    );
    return present.map(hereOf);
  }

  /** Replaces what is known of a session, and marks which sessions of its visitor were left for another. */
  #seat(known: KnownSeat): void {
    const { session_id } = known.seat.presence;
    const before = this.#known.get(session_id);
    if (before) this.#drop(before);
    this.#known.set(session_id, known);
    this.#add(known);
    for (const other of this.#others(known)) {
      known.isLeft ||= isLeftFor(known.seat, other.seat);
      if (other.isLeft || !isLeftFor(other.seat, known.seat)) continue;
      other.isLeft = true;
      other.version = known.version;
    }
  }

  #add(known: KnownSeat): void {
    const { who } = known.seat;
    if (who === null) return;
    const mine = this.#byWho.get(who) ?? new Set();
    this.#byWho.set(who, mine.add(known));
  }

  #drop(known: KnownSeat): void {
    const { who, presence } = known.seat;
    this.#known.delete(presence.session_id);
    const mine = who === null ? null : this.#byWho.get(who);
    mine?.delete(known);
    if (who !== null && mine?.size === 0) this.#byWho.delete(who);
  }

  /** Other sessions of the same visitor. */
  #others(known: KnownSeat): KnownSeat[] {
    const { who } = known.seat;
    return who === null ? [] : [...(this.#byWho.get(who) ?? [])].filter((one) => one !== known);
  }

  /** A free seat. If there is none, expired seats are freed. Null if the shard is full. */
  #takeSlot(now: number): number | null {
    if (this.#free.length === 0) {
      for (const known of [...this.#known.values()]) {
        if (isHere(known.seat.presence, now)) continue;
        this.#drop(known);
        this.#free.push(known.slot);
      }
    }
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#slots >= ROSTER_MAX_SEATS) return null;
    this.#slots += 1;
    return this.#slots - 1;
  }

  #note(session_id: string, health: Health, now: number): void {
    this.#health.delete(session_id);
    if (this.#health.size < ROSTER_MAX_SEATS) this.#health.set(session_id, { at: now, health });
  }

  #count(refused: RosterReport["refused"], limits: RosterReport["limits"]): void {
    this.#totals.reports += 1;
    if (Object.keys(refused).length + Object.keys(limits).length === 0) return;
    addCounts(this.#totals.refused, refused);
    addCounts(this.#totals.limits, limits);
    this.#seats.writeTotals(this.#totals);
  }
}

const hasLeft = ({ seat, isLeft }: KnownSeat): boolean => seat.ended || isLeft;

const hereOf = ({ seat }: KnownSeat): Here => ({ presence: seat.presence, visitor: visitorOf(seat) });

const isOf = ({ presence }: Seat, site: string | null): boolean => site === null || presence.site === site;

/** What is left of an erased session's seat until it expires. */
const NOBODY: Omit<Presence, "session_id" | "site"> = {
  page: "",
  referrer: null,
  country: null,
  started_at: 0,
  seen_at: 0,
  events: 0,
  page_views: 0,
  engaged_ms: 0,
  label: null,
  scores: { engagement: null, bot: null, vpn: null, risk: null },
};

import { MAX_SIGNALS } from "../../../limits";
import type { Signals } from "../../../protocol/track";
import type { Consent } from "../../../protocol/values";
import { agentOf } from "../../network/agent";
import type { NetworkClasses } from "../../network/classes";
import { zoneGap } from "../../network/timezone";
import { isSameHash } from "../../same-hash";
import { RULES_VERSION } from "../../scoring/ruleset";
import { type Entry, firstSeq, type Unplaced } from "../entry";
import { newState, type SessionState } from "../fold/state";
import { forget, type Head, learn, mergeTraits, networkTokens, newHead } from "../head";
import { type Circumstances, takeEvents } from "./events";
import { leadEntry, withLead } from "./lead";
import { type Refused, refused, type TakenCall } from "./result";
import { placeInTime } from "./time";
import type { TrackCall } from "./track-call";
import { isProvable } from "./visitor-id";

/** A session as it was before a call. */
export interface KnownSession {
  head: Head;
  state: SessionState;
}

/** What a call adds, worked out aside: nothing is changed until the entries are in the journal. */
export interface Intake {
  ok: true;
  /** The same object as before when it did not change. */
  head: Head;
  /** The empty state of a new session; else the one that was passed. */
  state: SessionState;
  entries: Entry[];
  /** This call ended the session, so it is written out at once. */
  ended: boolean;
  /** Consent was withdrawn: stored identifiers must go within a minute. */
  withdrawn: boolean;
  reply: Omit<TakenCall, "visitor_id" | "device_id">;
}

const UNKNOWN = refused("session_unknown", "No such session. Start one, or send the batch with its start.");

/**
 * Pure: what `call`, received at `now`, adds to a session. `newId` makes a visitor id. `shed`: events go to the archive only.
 */
export function intake(
  known: KnownSession | null,
  call: TrackCall,
  now: number,
  newId: () => string,
  shed = false,
): Intake | Refused {
  if (known && known.head.site !== call.site) return UNKNOWN;
  if (!known && !call.start) return UNKNOWN;
  const wrongKey = known?.head.key_hash != null && !isSameHash(known.head.key_hash, call.key_hash ?? "");
  if (wrongKey) return refused("session_key_invalid", "This session was started with a key; send it as session_key.");
  const turn = new Turn(known, call, now);
  if (turn.consent === "pending" && call.batch) {
    return refused("consent_pending", "Consent is pending: nothing is stored, keep the events on the page.");
  }
  if (turn.consent === "pending" && !known) return turn.finish([], null);
  turn.begin(newId);
  const { batch, archive_only } = call;
  // Nothing is left out of the database where it has no rows of events anyway.
  const hasRows = (known ? known.state.events_in : call.events_in) !== "archive";
  const circumstances: Circumstances = { earliest: turn.earliest, now, shed: shed && hasRows };
  if (archive_only && hasRows) circumstances.archive_only = archive_only;
  const events = batch ? takeEvents(turn.state, batch, circumstances) : null;
  if (events && !events.ok) return events;
  return turn.finish(events?.entries ?? [], events);
}

/** The signals that are new: a script that loads later finds out more, but what is known stays. */
function newSignals(known: Signals | null, said: Signals | null | undefined): Signals | null {
  if (!known || !said) return said ?? null;
  const fresh = Object.entries(said).filter(([name]) => !Object.hasOwn(known, name));
  const room = MAX_SIGNALS - Object.keys(known).length;
  return fresh.length > 0 && room > 0 ? Object.fromEntries(fresh.slice(0, room)) : null;
}

const headOf = ({ session_id, site, identity_group, kv }: TrackCall, now: number): Head => ({
  ...newHead(session_id, site, now),
  ...(identity_group !== undefined && { identity_group }),
  ...(kv !== undefined && { kv }),
});

type TakenEvents = Extract<ReturnType<typeof takeEvents>, { ok: true }>;

/** Collects the entries of one call in order: start, consent, network, what was learnt, events, end. */
class Turn {
  readonly state: SessionState;
  readonly consent: Consent;
  readonly #known: KnownSession | null;
  readonly #call: TrackCall;
  readonly #now: number;
  #head: Head;
  #withdrawn = false;
  readonly #entries: Unplaced[] = [];

  constructor(known: KnownSession | null, call: TrackCall, now: number) {
    this.#known = known;
    this.#call = call;
    this.#now = now;
    this.#head = known?.head ?? headOf(call, now);
    this.state = known?.state ?? newState(firstSeq(now));
    const asked = call.gpc ? "denied" : call.start?.consent;
    this.consent = asked ?? known?.state.consent ?? call.default_consent;
  }

  /** The earliest time an event of this call may have: a new session begins with its first event. */
  get earliest(): number {
    return this.#known ? this.state.started_at : 0;
  }

  begin(newId: () => string): void {
    const { start, key_hash } = this.#call;
    // Only the first call may set the key: a later one could take the session from its visitor.
    if (!this.#known && start && key_hash) this.#head = { ...this.#head, key_hash };
    if (this.#known && this.consent !== this.#known.state.consent) this.#changeConsent();
    if (this.consent === "granted") this.#identify(newId);
    if (this.#known) this.#addWhatWasMissing();
  }

  finish(events: Unplaced[], taken: TakenEvents | null): Intake {
    const { ended_at } = this.state;
    if (taken?.traits && this.consent === "granted") this.#learnTraits(taken.traits);
    const lead = this.#call.lead ? [leadEntry(this.state, this.#call.lead, this.#now)] : [];
    if (this.#call.lead) this.#head = withLead(this.#head, this.#call.lead);
    const end = ended_at === null && (this.#known || this.consent !== "pending") ? this.#end(events) : null;
    if (!this.#known && this.consent !== "pending") this.#entries.unshift(this.#start(events));
    const all = [...this.#entries, ...events, ...lead, ...(end ? [end] : [])];
    const entries = all.map((entry, i) => Object.assign(entry, { seq: this.state.seq + 1 + i }) as Entry);
    const ended = ended_at !== null || end !== null;
    const ack = taken?.ack ? (ended ? { ...taken.ack, ended: true as const } : taken.ack) : null;
    return {
      ok: true,
      head: this.#head,
      state: this.state,
      entries,
      ended: end !== null,
      withdrawn: this.#withdrawn,
      reply: {
        ok: true,
        session_id: this.#call.session_id,
        accepted: taken?.accepted ?? 0,
        duplicates: taken?.duplicates ?? 0,
        rejected: this.#call.batch?.rejected ?? [],
        ack,
        ended,
        ended_at: ended_at ?? end?.at ?? null,
        consent: this.consent,
        timestamp: this.#now,
      },
    };
  }

  #changeConsent(): void {
    this.#entries.push({ kind: "consent", at: this.#now, consent: this.consent });
    if (this.consent !== "denied") return;
    this.#head = forget(this.#head);
    this.#withdrawn = true;
  }

  /** Adds to the head who the visitor is. The entry holds the names of the fields that are new to the head, never their values. */
  #identify(newId: () => string): void {
    const { start, network, device_id, proven_visitor } = this.#call;
    const before = this.#head;
    const known = before.identity;
    const visitor_id = known?.visitor_id ?? this.#named() ?? (start ? newId() : null);
    const facts = {
      visitor_id,
      // Once proven it stays proven: a later start without the secret changes nothing.
      ...(proven_visitor !== undefined && proven_visitor === visitor_id && { visitor_proven: true as const }),
      fingerprint_id: known?.fingerprint_id ?? start?.fingerprint_id ?? null,
      device_id: known?.device_id ?? (start ? device_id : null),
      ip: network.ip ?? known?.ip ?? null,
      asn: network.asn ?? known?.asn ?? null,
    };
    this.#head = learn(before, facts, this.#now);
    if (!this.#known || this.#head === before) return;
    const learnt = Object.entries(facts).flatMap(([key, value]) =>
      value !== null && value !== known?.[key as keyof typeof facts] ? [key] : [],
    );
    this.#entries.push({ kind: "identify", at: this.#now, learnt });
  }

  /**
   * The visitor that the start names. If a claim was taken from the session, it may not claim again, or an erasure would never end.
   */
  #named(): string | null {
    const { start, proven_visitor } = this.#call;
    const named = start?.visitor_id ?? null;
    const isRefused = this.#head.unlinked && named !== null && isProvable(named) && proven_visitor !== named;
    return isRefused ? null : named;
  }

  #learnTraits(added: Record<string, unknown>): void {
    const traits = mergeTraits(this.#head.identity?.traits ?? {}, added);
    this.#head = learn(this.#head, { traits }, this.#now);
  }

  #addWhatWasMissing(): void {
    const { start } = this.#call;
    const { state } = this;
    const device = start?.device_info && !state.device ? start.device_info : null;
    const screen = start?.screen && !state.screen ? start.screen : null;
    const signals = newSignals(state.signals, start?.signals);
    const { network: was } = state;
    const tokens = this.#tokens();
    const moved =
      was &&
      (tokens.address !== was.address ||
        tokens.network !== (was.network ?? null) ||
        this.#call.network.country !== was.country ||
        // The browser's time zone has just become known.
        device?.timezone);
    if (moved) this.#entries.push({ kind: "network", at: this.#now, network: this.#classes(tokens) });
    if (!device && !screen && !signals) return;
    const agent = agentOf(device?.user_agent);
    this.#entries.push({ kind: "detail", at: this.#now, device, screen, signals, agent });
  }

  /** The call's address and network, as the session's own tokens. Those of before, if the call does not say. */
  #tokens(): { address: string | null; network: string | null } {
    if (this.consent !== "granted") return { address: null, network: null };
    const { head, address, network } = networkTokens(this.#head, this.#call.network);
    this.#head = head;
    const { network: was } = this.state;
    return { address: address ?? was?.address ?? null, network: network ?? was?.network ?? null };
  }

  #classes(tokens: { address: string | null; network: string | null }): NetworkClasses {
    const { ip: _, asn: __, ...classes } = this.#call.network;
    const zone = this.#call.start?.device_info?.timezone ?? this.state.device?.timezone;
    const timezone_gap = zoneGap(zone, classes.timezone, this.#now);
    // A provider's name would say which network it is.
    const provider = this.consent === "granted" ? (classes.provider ?? null) : null;
    return { ...classes, ...tokens, provider, timezone_gap };
  }

  #start(events: Unplaced[]): Unplaced {
    const { start, trailing_slash, events_in } = this.#call;
    if (!start) throw new Error("a session begins with a start");
    return {
      kind: "start",
      at: events.reduce((first, event) => Math.min(first, event.at), this.#now),
      page: start.page,
      referrer: start.referrer || null,
      device: start.device_info ?? null,
      screen: start.screen ?? null,
      signals: start.signals ?? null,
      agent: agentOf(start.device_info?.user_agent),
      network: this.#classes(this.#tokens()),
      consent: this.consent,
      ...(trailing_slash === "drop" && { trailing_slash }),
      ...(events_in && { events_in }),
      rules_version: RULES_VERSION,
    };
  }

  #end(events: Unplaced[]): Extract<Unplaced, { kind: "end" }> | null {
    const { end, batch } = this.#call;
    if (!end) return null;
    const { last_event_at, started_at } = this.state;
    const acted_at = events.reduce((last, { kind, at }) => (kind === "event" ? Math.max(last, at) : last), 0);
    const earliest = Math.max(last_event_at ?? started_at, acted_at);
    const at = placeInTime(this.#now, batch?.sent_at ?? end.sent_at, end.timestamp, earliest);
    return { kind: "end", at, received_at: this.#now, reason: "client", exit_page: end.exit_page ?? null };
  }
}

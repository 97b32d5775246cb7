import type { DeviceInfo, Screen, Signals } from "../../protocol/track";
import type { Consent, TrailingSlash } from "../../protocol/values";
import type { Agent } from "../network/agent";
import type { NetworkClasses } from "../network/classes";
import type { IdentityAnswer, LeadFacts } from "../scoring/context";
import { FormError, isFields, isNumber } from "../stored";
import type { EventDetail } from "./event-detail";

/**
 * Journal entries: all that the fold reads, the same in the journal and in R2. None has an identifier (visitor, fingerprint,
 * device, address, ASN) or a trait: those are in the actor's head row, in D1's `sessions` and in R2's identity objects, from
 * where they can be erased.
 */
interface Base {
  /** The actor's own counter; rises by one from entry to entry, across a session id's lives. */
  seq: number;
  /** Epoch ms: the receive time, less the client's offset if it gave one. */
  at: number;
}

export interface StartEntry extends Base {
  kind: "start";
  page: string;
  referrer: string | null;
  device: DeviceInfo | null;
  screen: Screen | null;
  signals: Signals | null;
  network: NetworkClasses;
  /** Classes of the page's user agent; absent if the page told none. */
  agent?: Agent | null;
  consent: Consent;
  /** The site's setting; absent for the usual one, `keep`. */
  trailing_slash?: TrailingSlash;
  /** The session's events have no rows in the database, as the site's `events` was then; absent where they have. */
  events_in?: "archive";
  /** Version of the scoring rules this session began with, and keeps. */
  rules_version: number;
}

export interface EventEntry extends Base {
  kind: "event";
  received_at: number;
  /** Null for a sender that does not number its events: then an event counts each time it is sent. */
  stream: string | null;
  number: number | null;
  /** A slug: everything is counted by it. */
  event_type: string;
  /** The free name that the slug was made of; absent where the event came with a slug. */
  name?: string;
  page?: string;
  element?: string;
  detail?: EventDetail;
  /** Came after the end: stored, but changes no count or score. */
  late?: true;
  /** Goes to the archive only, because a budget is spent or the database is nearly full. */
  shed?: true;
}

/** Numbers settled without an event: refused by the server, or dropped by the client. */
export interface SettledEntry extends Base {
  kind: "settled";
  stream: string | null;
  /** Refused numbers. */
  rejected: number[];
  /** How many events of an unnumbered batch were refused. */
  unnumbered_rejected?: number;
  /** Ranges that the client dropped, both ends included. */
  gone: [number, number][];
}

interface ConsentEntry extends Base {
  kind: "consent";
  consent: Consent;
}

export interface NetworkEntry extends Base {
  kind: "network";
  network: NetworkClasses;
}

/** The head row learnt something: only the names of its fields are here, not their values. */
interface IdentifyEntry extends Base {
  kind: "identify";
  learnt: string[];
}

/** A repeated start brought what the first did not know. */
interface DeviceEntry extends Base {
  /** As it is stored; nothing to do with an event's `detail`. */
  kind: "detail";
  device: DeviceInfo | null;
  screen: Screen | null;
  signals: Signals | null;
  agent?: Agent | null;
}

/** What the identity actors know of the last 24 hours: counts only. */
export interface IdentityEntry extends Base {
  kind: "identity";
  answer: IdentityAnswer;
  /** What was asked about: the head's identity version, and the forms sent by then. */
  version: number;
  forms: number;
}

/** A lead came in. The lead itself is not here. */
export interface LeadEntry extends Base {
  kind: "lead";
  received_at: number;
  /** The submit's own opaque token, the same in a retry. */
  submission: string;
  lead: LeadFacts;
}

export interface EndEntry extends Base {
  kind: "end";
  received_at: number;
  reason: "client" | "idle";
  exit_page: string | null;
}

export type Entry =
  | StartEntry
  | EventEntry
  | SettledEntry
  | ConsentEntry
  | NetworkEntry
  | IdentifyEntry
  | DeviceEntry
  | IdentityEntry
  | LeadEntry
  | EndEntry;

const KINDS: Readonly<Record<Entry["kind"], true>> = {
  start: true,
  event: true,
  settled: true,
  consent: true,
  network: true,
  identify: true,
  detail: true,
  identity: true,
  lead: true,
  end: true,
};

const isEntry = (value: unknown): value is Entry =>
  isFields(value) &&
  typeof value.kind === "string" &&
  Object.hasOwn(KINDS, value.kind) &&
  isNumber(value.seq) &&
  isNumber(value.at);

/** The entries of a journal row: JSON objects joined by commas. Throws for one that this code does not know. */
export function readEntries(text: string): Entry[] {
  const entries: unknown[] = JSON.parse(`[${text}]`);
  return entries.map(readEntry);
}

/** Throws for an entry that this code does not know. */
export function readEntry(entry: unknown): Entry {
  if (isEntry(entry)) return entry;
  const kind = isFields(entry) ? entry.kind : undefined;
  throw new FormError(`journal entry: unknown kind, or no place in the log (${String(kind)})`);
}

/** An entry that has no seq yet. */
export type Unplaced<E extends Entry = Entry> = E extends Entry ? Omit<E, "seq"> : never;

/** The seq at which a life starts. It is made of the time, so that an id that is wiped and begins anew never meets its old keys. */
export const firstSeq = (createdAt: number): number => Math.floor(createdAt / 1_000) * 2 ** 20;

/** The second, in epoch ms, in which a life with this first seq began. */
export const timeOfSeq = (first: number): number => Math.floor(first / 2 ** 20) * 1_000;

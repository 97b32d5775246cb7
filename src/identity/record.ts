import {
  IDENTITY_COUNTER_MS,
  IDENTITY_KEPT_MS,
  IDENTITY_MAX_EDGES,
  IDENTITY_MAX_SIGHTINGS,
  IDENTITY_WINDOW_MS,
} from "../limits";
import type { IdentityCounts } from "../scoring/facts";

/** A fingerprint, or an address as stored: what has an identity actor of its own. */
export type IdentityKind = "fingerprint" | "address";

/** One session, seen with one identity. Sent again it changes nothing but times and forms. */
export interface Sighting {
  v: 1;
  kind: IdentityKind;
  /** The fingerprint's id, or the address as stored. */
  value: string;
  session_id: string;
  fingerprint_id: string | null;
  ip: string | null;
  asn: number | null;
  country: string | null;
  /** Forms the session has sent so far. */
  forms: number;
  /** The session's first sighting: only these move the counters at the edge. */
  counts: boolean;
}

/** Where a fingerprint has been: a row of D1's `identity_network`. Unknown parts are 0 and "". */
export interface Edge {
  ip: string;
  asn: number;
  country: string;
  first_seen_at: number;
  last_seen_at: number;
  /** Sessions it rests on: with the last one's withdrawal it goes. */
  sessions: number;
}

/** A session at a place: session, address, autonomous system, country, fingerprint, forms, time of the last (epoch ms). */
export type Seen = [
  session: string,
  ip: string,
  asn: number,
  country: string,
  fingerprint: string,
  forms: number,
  at: number,
];

/** All that an identity actor keeps. Bounded, however many sessions there are. */
export interface IdentityRecord {
  v: 1;
  kind: IdentityKind;
  value: string;
  first_seen_at: number;
  last_seen_at: number;
  /** Sessions ever; past the cap a repeated one may count twice. */
  sessions: number;
  seen: Seen[];
  edges: Edge[];
  /** What D1 and KV do not have yet: the row, edges by name, the counter. */
  row_changed: boolean;
  changed: string[];
  counter_changed: boolean;
  /** Edges that have to leave D1. */
  gone: Edge[];
  /** The counter in KV: a fixed window, its end in epoch ms. */
  counter: { sessions: number; expires_at: number } | null;
  /** When a sighting of the last 24 h was last not remembered; absent while there was room for all. */
  dropped_at?: number;
  /** A write was given up and may still land: what is erased has to be erased once more. */
  uncertain: boolean;
  attempts: number;
  alarm_at: number | null;
}

export const newRecord = (kind: IdentityKind, value: string, now: number): IdentityRecord => ({
  v: 1,
  kind,
  value,
  first_seen_at: now,
  last_seen_at: now,
  sessions: 0,
  seen: [],
  edges: [],
  row_changed: false,
  changed: [],
  counter_changed: false,
  gone: [],
  counter: null,
  uncertain: false,
  attempts: 0,
  alarm_at: null,
});

type Place = Pick<Edge, "ip" | "asn" | "country">;

const placeOf = ({ ip, asn, country }: Sighting): Place => ({ ip: ip ?? "", asn: asn ?? 0, country: country ?? "" });

export const keyOf = ({ ip, asn, country }: Place): string => `${ip} ${asn} ${country}`;

const seenKey = ([, ip, asn, country]: Seen): string => keyOf({ ip, asn, country });

/**
 * Folds a sighting into the record. Changes `record`. Past the cap the sighting has moved the totals, and is not
 * remembered itself.
 */
export function take(record: IdentityRecord, sighting: Sighting, now: number): void {
  const place = placeOf(sighting);
  const key = keyOf(place);
  const own = record.seen.filter(([session]) => session === sighting.session_id);
  const known = own.find((one) => seenKey(one) === key);
  record.last_seen_at = Math.max(record.last_seen_at, now);
  if (own.length === 0) {
    record.sessions += 1;
    record.row_changed = true;
    if (sighting.counts) countSession(record, now);
  }
  if (known) {
    known[4] = sighting.fingerprint_id ?? known[4];
    known[5] = Math.max(known[5], sighting.forms);
    known[6] = now;
    return;
  }
  if (isFull(record)) makeRoom(record, sighting, now);
  if (isFull(record)) {
    record.dropped_at = now;
    return;
  }
  const { ip, asn, country } = place;
  record.seen.push([sighting.session_id, ip, asn, country, sighting.fingerprint_id ?? "", sighting.forms, now]);
  if (record.kind === "fingerprint" && sighting.ip !== null) noteEdge(record, place, now);
}

/**
 * What counts for nothing any more goes first: a crowd of yesterday must not hide today's. Then a session without a form
 * makes way for one with: 400 idle sessions must not hide the forms that come after them.
 */
function makeRoom(record: IdentityRecord, { forms }: Sighting, now: number): void {
  record.seen = record.seen.filter(([, , , , , , at]) => at > now - IDENTITY_KEPT_MS);
  // While D1 does not answer, places to be deleted there wait here: no more of them than of anything else.
  if (!isFull(record) || record.gone.length >= IDENTITY_MAX_SIGHTINGS) return;
  const old = record.seen.findIndex(([, , , , , , at]) => at <= now - IDENTITY_WINDOW_MS);
  const idle = forms > 0 ? record.seen.findIndex(([, , , , , sent]) => sent === 0) : -1;
  const [dropped] = old >= 0 || idle >= 0 ? record.seen.splice(old >= 0 ? old : idle, 1) : [];
  if (!dropped) return;
  // Its session may still withdraw, and nobody will know of this place then.
  releaseEdge(record, seenKey(dropped));
  if (old < 0) record.dropped_at = now;
}

/** One sighting less rests on a place; with the last the place has to leave D1 too. */
function releaseEdge(record: IdentityRecord, key: string): void {
  const edge = record.edges.find((one) => keyOf(one) === key);
  if (!edge) return;
  edge.sessions -= 1;
  if (edge.sessions > 0) return;
  record.edges = record.edges.filter((one) => one !== edge);
  record.changed = record.changed.filter((one) => one !== key);
  record.gone.push(edge);
}

const isFull = (record: IdentityRecord): boolean => record.seen.length >= IDENTITY_MAX_SIGHTINGS;

function countSession(record: IdentityRecord, now: number): void {
  const open = record.counter && record.counter.expires_at > now ? record.counter : null;
  record.counter = { sessions: (open?.sessions ?? 0) + 1, expires_at: open?.expires_at ?? now + IDENTITY_COUNTER_MS };
  record.counter_changed = true;
}

function noteEdge(record: IdentityRecord, place: Place, now: number): void {
  const key = keyOf(place);
  let edge = record.edges.find((one) => keyOf(one) === key);
  if (!edge) {
    if (record.edges.length >= IDENTITY_MAX_EDGES) return;
    edge = { ...place, first_seen_at: now, last_seen_at: now, sessions: 0 };
    record.edges.push(edge);
    record.gone = record.gone.filter((one) => keyOf(one) !== key);
  }
  edge.last_seen_at = now;
  edge.sessions += 1;
  record.row_changed = true;
  if (!record.changed.includes(key)) record.changed.push(key);
}

/** A session's consent is withdrawn: what rests on it alone goes. Changes `record`. */
export function forget(record: IdentityRecord, sessionId: string, now: number): void {
  const own = record.seen.filter(([session]) => session === sessionId);
  if (own.length === 0) return;
  record.seen = record.seen.filter(([session]) => session !== sessionId);
  record.sessions = Math.max(0, record.sessions - 1);
  record.row_changed = true;
  if (record.counter && record.counter.expires_at > now) {
    record.counter.sessions = Math.max(0, record.counter.sessions - 1);
    record.counter_changed = true;
  }
  for (const key of own.map(seenKey)) releaseEdge(record, key);
}

/** No session that may be remembered is left: the identity itself has to go. */
export const isForgotten = (record: IdentityRecord): boolean => record.sessions === 0;

/** Takes up what the stores outside do not have yet, so that the record says it is done; a failure gives it back. */
export interface Work {
  row: boolean;
  changed: string[];
  counter: boolean;
  gone: Edge[];
}

export function takeWork(record: IdentityRecord): Work {
  const { row_changed: row, changed, counter_changed: counter, gone } = record;
  Object.assign(record, { row_changed: false, changed: [], counter_changed: false });
  return { row, changed, counter, gone };
}

export function giveBack(record: IdentityRecord, work: Work): void {
  record.row_changed ||= work.row;
  record.counter_changed ||= work.counter;
  record.changed = [...new Set([...work.changed, ...record.changed])];
  Object.assign(record, { uncertain: true, attempts: record.attempts + 1 });
}

/** The rows are gone for good only if no earlier write can still bring them back. */
export function settleWork(record: IdentityRecord, work: Work): void {
  if (!record.uncertain) record.gone = record.gone.filter((edge) => !work.gone.includes(edge));
  Object.assign(record, { uncertain: false, attempts: 0 });
}

const distinct = (values: (string | number)[]): number => new Set(values).size;

/** The last 24 hours, and whether there were more sightings in them than are remembered. */
export function windowOf(record: IdentityRecord, now: number): IdentityCounts {
  const seen = record.seen.filter(([, , , , , , at]) => at > now - IDENTITY_WINDOW_MS);
  const forms = new Map<string, number>();
  for (const [session, , , , , sent] of seen) forms.set(session, Math.max(forms.get(session) ?? 0, sent));
  const named = (values: (string | number)[]) => distinct(values.filter((value) => value !== "" && value !== 0));
  return {
    sessions: forms.size,
    addresses: named(seen.map(([, ip]) => ip)),
    networks: named(seen.map(([, , asn]) => asn)),
    countries: named(seen.map(([, , , country]) => country)),
    fingerprints: named(seen.map(([, , , , fingerprint]) => fingerprint)),
    forms: [...forms.values()].reduce((sum, n) => sum + n, 0),
    capped: (record.dropped_at ?? 0) > now - IDENTITY_WINDOW_MS,
  };
}

/** The columns of D1's `fingerprints`. */
export const fingerprintRow = (record: IdentityRecord) => ({
  fingerprint_id: record.value,
  first_seen_at: record.first_seen_at,
  last_seen_at: record.last_seen_at,
  sessions: record.sessions,
  ips: distinct(record.edges.map((edge) => edge.ip)),
  asns: distinct(record.edges.flatMap(({ asn }) => (asn === 0 ? [] : [asn]))),
  countries: distinct(record.edges.flatMap(({ country }) => (country === "" ? [] : [country]))),
});

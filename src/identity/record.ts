import {
  IDENTITY_COUNTER_MS,
  IDENTITY_KEPT_MS,
  IDENTITY_MAX_EDGES,
  IDENTITY_MAX_SIGHTINGS,
  IDENTITY_WINDOW_MS,
} from "../limits";

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

/** What an identity actor keeps, besides the sightings of its window. Bounded, however many sessions there are. */
export interface IdentityRecord {
  v: 1;
  kind: IdentityKind;
  value: string;
  first_seen_at: number;
  last_seen_at: number;
  /** Sessions ever; past the cap a repeated one may count twice. */
  sessions: number;
  edges: Edge[];
  /** Edges that D1 has as they are not. */
  changed: string[];
  /** Edges that have to leave D1. */
  gone: Edge[];
  /** The counter in KV: a fixed window, its end in epoch ms. */
  counter: { sessions: number; expires_at: number } | null;
  counter_changed: boolean;
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
  edges: [],
  changed: [],
  gone: [],
  counter: null,
  counter_changed: false,
  uncertain: false,
  attempts: 0,
  alarm_at: null,
});

/** The place of a sighting, as edges are named. */
export type Place = { ip: string; asn: number; country: string };

export const placeOf = ({ ip, asn, country }: Sighting): Place => ({
  ip: ip ?? "",
  asn: asn ?? 0,
  country: country ?? "",
});

export const keyOf = ({ ip, asn, country }: Place): string => `${ip} ${asn} ${country}`;

/** What a sighting is to the actor that takes it. */
export interface Novelty {
  /** The session was not among the sightings. */
  session: boolean;
  /** Nor the session at this place. */
  place: boolean;
  /** The sighting has been kept; past the cap it is not. */
  kept: boolean;
}

/** Folds a sighting into the record. Changes `record`. */
export function note(record: IdentityRecord, sighting: Sighting, novelty: Novelty, now: number): void {
  record.last_seen_at = Math.max(record.last_seen_at, now);
  if (novelty.session) record.sessions += 1;
  if (novelty.session && sighting.counts) countSession(record, now);
  if (record.kind === "fingerprint" && sighting.ip !== null && novelty.kept)
    noteEdge(record, placeOf(sighting), novelty, now);
}

function countSession(record: IdentityRecord, now: number): void {
  const open = record.counter && record.counter.expires_at > now ? record.counter : null;
  record.counter = { sessions: (open?.sessions ?? 0) + 1, expires_at: open?.expires_at ?? now + IDENTITY_COUNTER_MS };
  record.counter_changed = true;
}

function noteEdge(record: IdentityRecord, place: Place, novelty: Novelty, now: number): void {
  const key = keyOf(place);
  let edge = record.edges.find((one) => keyOf(one) === key);
  if (!edge) {
    if (record.edges.length >= IDENTITY_MAX_EDGES) return;
    edge = { ...place, first_seen_at: now, last_seen_at: now, sessions: 0 };
    record.edges.push(edge);
    record.gone = record.gone.filter((one) => keyOf(one) !== key);
  }
  edge.last_seen_at = now;
  if (novelty.place) edge.sessions += 1;
  if (!record.changed.includes(key)) record.changed.push(key);
}

/** A session's consent is withdrawn: what rests on it alone goes. Changes `record`. */
export function unnote(record: IdentityRecord, places: readonly Place[], now: number): void {
  if (places.length === 0) return;
  record.sessions = Math.max(0, record.sessions - 1);
  if (record.counter && record.counter.expires_at > now) {
    record.counter.sessions = Math.max(0, record.counter.sessions - 1);
    record.counter_changed = true;
  }
  for (const key of places.map(keyOf)) {
    const edge = record.edges.find((one) => keyOf(one) === key);
    if (!edge) continue;
    edge.sessions -= 1;
    if (edge.sessions > 0) continue;
    record.edges = record.edges.filter((one) => one !== edge);
    record.changed = record.changed.filter((one) => one !== key);
    record.gone.push(edge);
  }
}

/** No session that may be remembered is left: the identity itself has to go. */
export const isForgotten = (record: IdentityRecord): boolean => record.sessions === 0;

export const isFull = (sightings: number): boolean => sightings >= IDENTITY_MAX_SIGHTINGS;

/** The 24 hours before `now` begin here. */
export const windowStart = (now: number): number => now - IDENTITY_WINDOW_MS;

/** Sightings are kept longer than they count: a withdrawal may come a day after a session's end. */
export const keptSince = (now: number): number => now - IDENTITY_KEPT_MS;

const distinct = (values: (string | number)[]): number => new Set(values).size;

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

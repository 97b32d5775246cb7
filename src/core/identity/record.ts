import { IDENTITY_COUNTER_MS, IDENTITY_KEPT_MS } from "../../limits";
import { DAY_MS } from "../../time";
import type { IdentityCounts } from "../scoring/context";

/** Sessions, addresses, networks and countries of an identity are counted over this long. */
export const IDENTITY_WINDOW_MS = DAY_MS;
/** How many sightings of one identity are kept: no rule asks for more than 100, and they are one stored value of under 64 KB. */
export const IDENTITY_MAX_SIGHTINGS = 400;
/** How many places (address, network, country) of one fingerprint are kept: a person has a few, a pool of proxies any number. */
export const IDENTITY_MAX_EDGES = 128;

/** A fingerprint, or an address as stored. */
export type IdentityKind = "fingerprint" | "address";

/** One session, seen with one identity. Sent again for the same place, it changes only times, forms and the fingerprint. */
export interface Sighting {
  v: 1;
  kind: IdentityKind;
  /** The fingerprint's id, or the address as stored. */
  value: string;
  /** Its row in the shard. */
  key: string;
  session_id: string;
  fingerprint_id: string | null;
  ip: string | null;
  asn: number | null;
  country: string | null;
  /** Forms the session has sent so far. */
  forms: number;
  /** Whether it is the session's first sighting: only first ones move the counters in KV. */
  counts: boolean;
  /** Of the site's counters only notable ones go to KV; absent where all do. */
  kv?: "notable";
}

/** Where a fingerprint has been: a row of D1's `identity_network`. Unknown parts are 0 and "". */
export interface Edge {
  ip: string;
  asn: number;
  country: string;
  first_seen_at: number;
  last_seen_at: number;
  /** How many sessions were seen there. When the last of them withdraws, the edge is deleted. */
  sessions: number;
}

/** A session at a place, as an identity remembers it. Unknown parts are 0 and "". */
export interface SeenSession {
  readonly session_id: string;
  readonly ip: string;
  readonly asn: number;
  readonly country: string;
  readonly fingerprint_id: string;
  /** Forms the session had sent by then. */
  readonly forms: number;
  /** When it was seen there last, epoch ms. */
  readonly at: number;
}

/** All that is kept of an identity in one group. Its size is bounded, however many sessions there are. */
export interface IdentityRecord {
  v: 1;
  kind: IdentityKind;
  value: string;
  first_seen_at: number;
  last_seen_at: number;
  /** Sessions ever. Past the cap, a session that is seen again may count twice. */
  sessions: number;
  /**
   * In order of appearance. Each change makes another list, so a list that was written already is known by its reference and is not
   * written again.
   */
  seen: readonly SeenSession[];
  edges: Edge[];
  /** What D1 and KV may not have yet: the row, the edges in `changed` (by `keyOf`), the counter. */
  row_changed: boolean;
  changed: string[];
  counter_changed: boolean;
  /** Edges to delete from D1. */
  gone: Edge[];
  /** The counter in KV: a fixed window, its end in epoch ms. */
  counter: Counter | null;
  /** When a sighting of the last 24 h was last left out, epoch ms; absent while there was room for all. */
  dropped_at?: number;
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
});

type EdgePlace = Pick<Edge, "ip" | "asn" | "country">;

const placeOf = ({ ip, asn, country }: Sighting): EdgePlace => ({
  ip: ip ?? "",
  asn: asn ?? 0,
  country: country ?? "",
});

export const keyOf = ({ ip, asn, country }: EdgePlace): string => `${ip} ${asn} ${country}`;

/**
 * Folds a sighting into the record. Changes `record`. Past the cap, a sighting moves the totals but is not kept. Returns whether D1
 * and KV have to be told.
 */
export function take(record: IdentityRecord, sighting: Sighting, now: number): boolean {
  const place = placeOf(sighting);
  const key = keyOf(place);
  const own = record.seen.filter(({ session_id }) => session_id === sighting.session_id);
  const known = own.find((one) => keyOf(one) === key);
  record.last_seen_at = Math.max(record.last_seen_at, now);
  if (own.length === 0) {
    record.sessions += 1;
    record.row_changed = true;
    if (sighting.counts) countSession(record, sighting, now);
  }
  if (known) {
    const again: SeenSession = {
      ...known,
      fingerprint_id: sighting.fingerprint_id ?? known.fingerprint_id,
      forms: Math.max(known.forms, sighting.forms),
      at: now,
    };
    record.seen = record.seen.map((one) => (one === known ? again : one));
    return false;
  }
  if (isFull(record)) makeRoom(record, sighting, now);
  if (isFull(record)) {
    record.dropped_at = now;
    return true;
  }
  const { session_id, fingerprint_id, forms } = sighting;
  const { ip, asn, country } = place;
  record.seen = [
    ...record.seen,
    { session_id, ip, asn, country, fingerprint_id: fingerprint_id ?? "", forms, at: now },
  ];
  if (record.kind === "fingerprint" && sighting.ip !== null) noteEdge(record, place, now);
  return true;
}

/**
 * Drops first what no longer counts, so that yesterday's crowd does not hide today's. Then a session without a form makes way for
 * one with a form, so that 400 idle sessions do not hide the forms that come after them.
 */
function makeRoom(record: IdentityRecord, { forms }: Sighting, now: number): void {
  const kept = record.seen.filter(({ at }) => at > now - IDENTITY_KEPT_MS);
  if (kept.length < record.seen.length) record.seen = kept;
  // While D1 does not answer, the places to delete there wait in `gone`. Bound that list as well.
  if (!isFull(record) || record.gone.length >= IDENTITY_MAX_SIGHTINGS) return;
  const old = record.seen.find(({ at }) => at <= now - IDENTITY_WINDOW_MS);
  const dropped = old ?? (forms > 0 ? record.seen.find((one) => one.forms === 0) : undefined);
  if (!dropped) return;
  record.seen = record.seen.filter((one) => one !== dropped);
  // Release the place now: if its session withdraws later, nothing leads to this place any more.
  releaseEdge(record, keyOf(dropped));
  if (!old) record.dropped_at = now;
}

/** Takes one sighting from a place. With the last one the place has to be deleted from D1, too. */
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

const openCounter = ({ counter }: IdentityRecord, now: number): Counter | null =>
  counter && counter.expires_at > now ? counter : null;

function countSession(record: IdentityRecord, { kv }: Sighting, now: number): void {
  const open = openCounter(record, now);
  const counter: Counter = {
    sessions: (open?.sessions ?? 0) + 1,
    expires_at: open?.expires_at ?? now + IDENTITY_COUNTER_MS,
  };
  if (kv === "notable" && (open === null || open.quiet)) counter.quiet = true;
  else record.counter_changed = true;
  record.counter = counter;
}

/** The open counter matters to whoever reads it: KV is to have it from now on. Changes `record`. */
export function makeNotable({ counter }: IdentityRecord): boolean {
  if (!counter?.quiet) return false;
  delete counter.quiet;
  return true;
}

/** Whether KV has the record's open counter, or is to have it. */
export function hasCounter(record: IdentityRecord, now: number): boolean {
  const open = openCounter(record, now);
  return open !== null && !open.quiet;
}

function noteEdge(record: IdentityRecord, place: EdgePlace, now: number): void {
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

/** Forgets a session whose consent is withdrawn, and the places where only it was seen. Changes `record`. */
export function forget(record: IdentityRecord, session_id: string, now: number): void {
  const own = record.seen.filter((one) => one.session_id === session_id);
  if (own.length === 0) return;
  record.seen = record.seen.filter((one) => one.session_id !== session_id);
  record.sessions = Math.max(0, record.sessions - 1);
  record.row_changed = true;
  const open = openCounter(record, now);
  if (open) {
    open.sessions = Math.max(0, open.sessions - 1);
    record.counter_changed = !open.quiet;
  }
  for (const key of own.map(keyOf)) releaseEdge(record, key);
}

/** Whether no session is left that may be remembered, so that the identity itself has to go. */
export const isForgotten = (record: IdentityRecord): boolean => record.sessions === 0;

/** What D1 has to be told of a record as it is now. */
export interface Work {
  changed: Edge[];
  gone: Edge[];
}

export const workOf = (record: IdentityRecord): Work => ({
  changed: record.edges.filter((edge) => record.changed.includes(keyOf(edge))),
  gone: [...record.gone],
});

/**
 * Notes that D1 has all of the work. If an earlier write may still land (`isCertain` is false), `gone` stays, because that write
 * may bring those edges back. Changes `record`.
 */
export function settle(record: IdentityRecord, { gone }: Work, isCertain: boolean): void {
  Object.assign(record, { row_changed: false, changed: [] });
  if (isCertain) record.gone = record.gone.filter((edge) => !gone.includes(edge));
}

/** Marks all of a record to be written again, because a store may have lost it. Changes `record`. */
export const markAll = (record: IdentityRecord): void => {
  Object.assign(record, { row_changed: true, changed: record.edges.map(keyOf) });
};

/** An identity's counter in KV, of a fixed window of 24 h. */
export interface Counter {
  sessions: number;
  /** Epoch ms. */
  expires_at: number;
  /** All its sessions are of sites that have only notable counters in KV, and it has not become one: KV has nothing of it. */
  quiet?: true;
}

/**
 * The counter that KV gets for an identity, the sum over these records of it; null if there is none. It ends with the first of
 * their windows, and the next sighting makes a new one.
 */
export function counterOf(records: readonly IdentityRecord[], now: number): Counter | null {
  return records.some((record) => hasCounter(record, now)) ? sumOf(records, now) : null;
}

/** Sessions begun in the open windows of all these records. */
export const sessionsIn = (records: readonly IdentityRecord[], now: number): number =>
  sumOf(records, now)?.sessions ?? 0;

function sumOf(records: readonly IdentityRecord[], now: number): Counter | null {
  const open = records.flatMap((record) => openCounter(record, now) ?? []);
  const sessions = open.reduce((sum, counter) => sum + counter.sessions, 0);
  return sessions > 0 ? { sessions, expires_at: Math.min(...open.map((counter) => counter.expires_at)) } : null;
}

const distinct = (values: (string | number)[]): number => new Set(values).size;

/** Counts of the last 24 hours. `capped`: there were more sightings in them than are kept. */
export function windowOf(record: IdentityRecord, now: number): IdentityCounts {
  const forms = new Map<string, number>();
  const addresses = new Set<string>();
  const networks = new Set<number>();
  const countries = new Set<string>();
  const fingerprints = new Set<string>();
  for (const { session_id, ip, asn, country, fingerprint_id, forms: sent, at } of record.seen) {
    if (at <= now - IDENTITY_WINDOW_MS) continue;
    forms.set(session_id, Math.max(forms.get(session_id) ?? 0, sent));
    if (ip !== "") addresses.add(ip);
    if (asn !== 0) networks.add(asn);
    if (country !== "") countries.add(country);
    if (fingerprint_id !== "") fingerprints.add(fingerprint_id);
  }
  return {
    sessions: forms.size,
    addresses: addresses.size,
    networks: networks.size,
    countries: countries.size,
    fingerprints: fingerprints.size,
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

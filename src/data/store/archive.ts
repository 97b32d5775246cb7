import { type Entry, readEntry } from "../../core/session/entry";
import type { SessionState } from "../../core/session/fold/state";
import type { Head, Identity } from "../../core/session/head";
import type { Plan } from "../../core/session/progress";
import { formReader, isFields, isList, isNumber, isText, orAbsent, orNull } from "../../core/stored";

/** Objects fetched ahead while one is being sent: hides R2's latency, and holds at most four plans (2 MB) in memory. */
const READ_AHEAD = 4;

/**
 * R2's side of a flush: the append-only log. Each write is a new key, created once: null from a conditional put means
 * that an earlier attempt got through, which is as good. Keys are the contract's; the day is the session's start, UTC.
 */

const CREATE_ONLY = {
  onlyIf: { etagDoesNotMatch: "*" },
  httpMetadata: { contentType: "application/json" },
} as const;

const ARCHIVE_VERSION = 1;

export function sessionPrefix(session_id: string, startedAt: number): string {
  const [year, month, day] = new Date(startedAt).toISOString().slice(0, 10).split("-");
  return `sessions/${year}/${month}/${day}/${session_id}/`;
}

const prefixOf = (head: Head, state: SessionState): string => sessionPrefix(head.session_id, state.started_at);

/** 13 digits, so that keys sort by time until the year 2286. */
const stamp = (at: number): string => String(at).padStart(13, "0");

/** A plan's entries. `withMeta`: also what `meta.json` would say, for a session that has none. */
export async function putEvents(
  bucket: R2Bucket,
  head: Head,
  state: SessionState,
  plan: Plan,
  body: string,
  withMeta = false,
): Promise<void> {
  const meta = withMeta ? `,"meta":${JSON.stringify(metaOf(head, state))}` : "";
  const envelope = `"v":${ARCHIVE_VERSION},"session_id":"${head.session_id}","lo":${plan.lo},"hi":${plan.hi}${meta}`;
  const key = `${prefixOf(head, state)}events/${stamp(plan.at)}-${plan.lo}.json`;
  await bucket.put(key, `{${envelope},"entries":[${body}]}`, CREATE_ONLY);
}

/** What the archive says of a session as a whole. It names nobody. */
const metaOf = (head: Head, state: SessionState) => ({
  v: ARCHIVE_VERSION,
  session_id: head.session_id,
  site: head.site,
  started_at: state.started_at,
  device: state.device,
  network: state.network,
  consent: state.consent,
});

export async function putMeta(bucket: R2Bucket, head: Head, state: SessionState): Promise<void> {
  await bucket.put(`${prefixOf(head, state)}meta.json`, JSON.stringify(metaOf(head, state)), CREATE_ONLY);
}

/** The only place in the archive where a person is named, and the one that an erasure empties. */
export async function putIdentity(bucket: R2Bucket, head: Head, state: SessionState): Promise<void> {
  const key = `${prefixOf(head, state)}identity/${stamp(head.identity_at)}-${head.identity_version}.json`;
  // Write all addresses: one that the session had only between two flushes has no object of its own, and an erasure has to find it.
  const { addresses, identity_group } = head;
  const identity = {
    v: ARCHIVE_VERSION,
    session_id: head.session_id,
    at: head.identity_at,
    ...head.identity,
    addresses,
    ...(identity_group !== undefined && { identity_group }),
  };
  await bucket.put(key, JSON.stringify(identity), CREATE_ONLY);
}

/** The first seq of the log under a session's prefix; null where there is none. Keys sort by time, and so do seqs. */
export async function firstSeqIn(bucket: R2Bucket, prefix: string): Promise<number | null> {
  const { objects } = await bucket.list({ prefix: `${prefix}events/`, limit: 1 });
  const [first] = objects;
  return first ? versionOf(first.key) : null;
}

/** Deletes everything under a session's prefix, and returns how much it was. */
export async function deleteSessionObjects(
  bucket: R2Bucket,
  prefix: string,
): Promise<{ objects: number; bytes: number }> {
  const total = { objects: 0, bytes: 0 };
  for (;;) {
    // List from the start each time, because what has been listed is gone.
    const { objects } = await bucket.list({ prefix });
    if (objects.length === 0) return total;
    await bucket.delete(objects.map(({ key }) => key));
    total.objects += objects.length;
    total.bytes += objects.reduce((sum, { size }) => sum + size, 0);
  }
}

/** An identity object. */
export interface ArchivedIdentity extends Identity {
  v: number;
  session_id: string;
  at: number;
  /** Every address that the session had had by then; absent in objects from before this was kept. */
  addresses?: string[];
  /** The name under which the site shared identities with others; absent where it counted by itself. */
  identity_group?: string;
}

const readIdentity = formReader<ArchivedIdentity>({
  name: "archived identity",
  version: ARCHIVE_VERSION,
  shape: {
    session_id: isText,
    at: isNumber,
    fingerprint_id: orNull(isText),
    device_id: orNull(isText),
    visitor_id: orNull(isText),
    ip: orNull(isText),
    asn: orNull(isNumber),
    traits: isFields,
    addresses: orAbsent(isList),
    identity_group: orAbsent(isText),
  },
});

/** Whom a session named, oldest first: what a person may see about themselves. */
export async function readIdentities(bucket: R2Bucket, prefix: string): Promise<ArchivedIdentity[]> {
  const keys: string[] = [];
  for await (const key of keysUnder(bucket, `${prefix}identity/`)) keys.push(key);
  const found: ArchivedIdentity[] = [];
  // Several may have the same millisecond, so their number decides.
  for (const key of keys.sort((a, b) => versionOf(a) - versionOf(b))) {
    const object = await bucket.get(key);
    if (object) found.push(readIdentity(await object.json()));
  }
  return found;
}

/** What is read of a session's `meta.json`. */
interface ArchivedMeta {
  site: string;
  started_at: number;
}

const readMetaForm = formReader<ArchivedMeta>({
  name: "archived meta",
  version: ARCHIVE_VERSION,
  shape: { site: isText, started_at: isNumber },
});

/**
 * The session's site and start, as `meta.json` says, or the first flush of a session that keeps its events in the archive alone.
 * Null if neither is there.
 */
export async function readMeta(bucket: R2Bucket, prefix: string): Promise<ArchivedMeta | null> {
  const object = await bucket.get(`${prefix}meta.json`);
  if (object) return readMetaForm(await object.json());
  const first = await firstFlush(bucket, prefix);
  return first?.meta === undefined ? null : readMetaForm(first.meta);
}

async function firstFlush(bucket: R2Bucket, prefix: string): Promise<ArchivedEvents | null> {
  const { objects } = await bucket.list({ prefix: `${prefix}events/`, limit: 1 });
  const [first] = objects;
  const object = first && (await bucket.get(first.key));
  return object ? readFlush(await object.json()) : null;
}

/** A flush as R2 has it. */
export interface ArchivedEvents {
  v: number;
  session_id: string;
  lo: number;
  hi: number;
  /** In the first flush of a session that has no `meta.json`. */
  meta?: unknown;
  entries: Entry[];
}

const readFlushForm = formReader<ArchivedEvents>({
  name: "archived flush",
  version: ARCHIVE_VERSION,
  shape: { session_id: isText, lo: isNumber, hi: isNumber, entries: isList },
});

function readFlush(value: unknown): ArchivedEvents {
  const flush = readFlushForm(value);
  for (const entry of flush.entries) readEntry(entry);
  return flush;
}

/** Keys under a prefix, in their order, page by page. */
export async function* keysUnder(bucket: R2Bucket, prefix: string): AsyncGenerator<string> {
  let cursor: string | undefined;
  do {
    const page: R2Objects = await bucket.list(cursor ? { prefix, cursor } : { prefix });
    for (const { key } of page.objects) yield key;
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
}

/**
 * A session's flushes, oldest first: keys begin with a time that rises within a session. The next few are fetched while
 * one is used. An object that is gone by then (retention, erasure) is passed over.
 */
export const readFlushes = (bucket: R2Bucket, prefix: string): AsyncGenerator<ArchivedEvents> =>
  flushesOf(bucket, keysUnder(bucket, `${prefix}events/`));

/** The same from seq `after` on: the first may begin before it. */
export const readFlushesAfter = (bucket: R2Bucket, prefix: string, after: number): AsyncGenerator<ArchivedEvents> =>
  flushesOf(bucket, keysAfter(keysUnder(bucket, `${prefix}events/`), after));

/** Without the keys of flushes that end at `after` or before. A flush ends where the next one begins. */
async function* keysAfter(keys: AsyncIterable<string>, after: number): AsyncGenerator<string> {
  let held: string | null = null;
  for await (const key of keys) {
    if (held !== null && versionOf(key) > after + 1) yield held;
    held = key;
  }
  if (held !== null) yield held;
}

async function* flushesOf(bucket: R2Bucket, keys: AsyncIterable<string>): AsyncGenerator<ArchivedEvents> {
  const ahead: Promise<ArchivedEvents | null>[] = [];
  const fetchOne = async (key: string): Promise<ArchivedEvents | null> => {
    const object = await bucket.get(key);
    return object && readFlush(await object.json());
  };
  for await (const key of keys) {
    const next = fetchOne(key);
    // It is awaited in its turn; a failure before that must not count as unhandled.
    next.catch(() => {});
    ahead.push(next);
    if (ahead.length < READ_AHEAD) continue;
    const flush = await ahead.shift();
    if (flush) yield flush;
  }
  for (const one of ahead) {
    const flush = await one;
    if (flush) yield flush;
  }
}

/** The `n` of `identity/{timestamp}-{n}.json`, and of `events/…`. */
const versionOf = (key: string): number => Number(/-(\d+)\.json$/.exec(key)?.[1] ?? 0);

/** Deletes a session's identity objects of versions up to `through`: a consent given again begins with the next. */
export async function eraseIdentity(bucket: R2Bucket, sessionPrefix: string, through: number): Promise<void> {
  const prefix = `${sessionPrefix}identity/`;
  let cursor: string | undefined;
  do {
    const page: R2Objects = await bucket.list(cursor ? { prefix, cursor } : { prefix });
    const keys = page.objects.map((object) => object.key).filter((key) => versionOf(key) <= through);
    if (keys.length > 0) await bucket.delete(keys);
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
}

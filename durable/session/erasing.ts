import type { Env, ErasedSession } from "../../src/bindings";
import { groupOf } from "../../src/core/identity/name";
import type { IdentityKind } from "../../src/core/identity/record";
import { isSameLife, type Life, type LifeIdentity } from "../../src/core/session/calls/life";
import type { NamedVisitor } from "../../src/core/session/calls/visitor-id";
import { firstSeq } from "../../src/core/session/entry";
import {
  type ArchivedIdentity,
  deleteSessionObjects,
  firstSeqIn,
  readIdentities,
  readMeta,
  sessionPrefix,
} from "../../src/data/store/archive";
import { dayOf, daysOfSession } from "../../src/data/store/archive-days";
import { deleteSessionCounter } from "../../src/data/store/counters";
import { deleteLifeRows, deleteSessionRows, type SeqRange } from "../../src/data/store/erasures";
import { plantTombstone, readTombstone } from "../../src/data/store/tombstone";
import { RETENTION_DAYS } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { DEFAULT_SITE } from "../../src/protocol/values";
import { DAY_MS } from "../../src/time";
import { ERASE_WAIT_MS } from "./limits";
import type { SessionMemory } from "./memory";

/** An erased session's actor refuses late calls for as long as anything of that time is kept. */
export const TOMBSTONE_MS = RETENTION_DAYS * DAY_MS;
/** Days that the archive may have: what retention keeps, a week by which it may be behind, and a clock that is ahead. */
const ERASURE_DAYS = RETENTION_DAYS + 9;

/**
 * Whose a session's lives are, as far as the actor and the archive know. The id may have had an earlier life on another day, of
 * which D1's row says nothing. So every day that the archive may have is looked at.
 */
export async function livesOf(bucket: R2Bucket, session_id: string, memory: SessionMemory | null): Promise<Life[]> {
  const last = Date.parse(dayOf(Date.now() + DAY_MS));
  const days = Array.from({ length: ERASURE_DAYS }, (_, i) => last - i * DAY_MS);
  const found = await daysOfSession(bucket, session_id, days);
  const current = memory?.state.started_at ?? null;
  const starts = current === null ? found : [current, ...found.filter((day) => !isSameLife(day, current))];
  return Promise.all(
    starts.map(async (start) => {
      const told = await namedIn(bucket, sessionPrefix(session_id, start));
      return start === current && memory ? lifeOf(start, told, memory) : lifeOf(start, told, null);
    }),
  );
}

/** A life as its objects in the archive tell it, and its actor too, if it is the life under way. */
function lifeOf(start: number, objects: readonly NamedLife[], memory: SessionMemory | null): Life {
  const head = memory?.head;
  const all: NamedLife[] = head?.identity ? [{ ...head.identity, ...head }, ...objects] : [...objects];
  const identities = all.flatMap(({ fingerprint_id, ip, addresses = [], ...one }) => {
    const group = groupOf(one.site, one.identity_group);
    // An object may lack fields, and an erasure must not fail over that for ever.
    const named = (kind: IdentityKind, values: (string | null | undefined)[]): LifeIdentity[] =>
      [...new Set(values)].flatMap((value) => (value ? { kind, value, group } : []));
    return [...named("fingerprint", [fingerprint_id]), ...named("address", [ip, ...addresses])];
  });
  const visitors = all.flatMap(({ visitor_id }) => (visitor_id ? [visitor_id] : []));
  const proven = all.flatMap(({ visitor_id, visitor_proven }) => (visitor_id && visitor_proven ? [visitor_id] : []));
  return { start, identities, visitors, proven, leads: head?.leads ?? [] };
}

/** What the actor alone knows of the life that is under way. */
export const lifeNow = (memory: SessionMemory): Life => lifeOf(memory.state.started_at, [], memory);

type NamedLife = Pick<
  ArchivedIdentity,
  "fingerprint_id" | "ip" | "addresses" | "identity_group" | keyof NamedVisitor
> & {
  site: string;
};

/** Whom a life of a session named, and on which site it was. */
async function namedIn(bucket: R2Bucket, prefix: string): Promise<NamedLife[]> {
  const [identities, meta] = await Promise.all([readIdentities(bucket, prefix), readMeta(bucket, prefix)]);
  return identities.map((identity) => ({ ...identity, site: meta?.site ?? DEFAULT_SITE }));
}

export interface ErasingContext {
  storage: DurableObjectStorage;
  outside: Pick<Env, "DB" | "TRACKING_R2" | "TRACKING_KV">;
  session_id: string;
  /** When the lives began that are erased, as far as is known. It says where their objects are. */
  starts: readonly number[];
  /** When the lives began that stay, because they are somebody else's. */
  others: readonly number[];
  /** What is under way: the alarm may be writing, and a report or a count may be on its way. */
  running: Promise<unknown>;
  /** Whether a write of this session was given up and may still land; asked once what is under way has ended. */
  isUncertain: () => boolean;
}

/**
 * Erases a session everywhere it has written. First the actor's own database is deleted with its file, and a tombstone takes its
 * place. Then the stores outside follow, to which nothing writes any more. May be repeated.
 */
export async function eraseSession({
  storage,
  outside,
  session_id,
  starts,
  others,
  running,
  isUncertain,
}: ErasingContext): Promise<ErasedSession> {
  // The caller takes nothing any more. Wait for a write that is under way.
  const settled = await inTime(running, ERASE_WAIT_MS).then(
    () => true,
    () => false,
  );
  const uncertain = isUncertain();
  const now = Date.now();
  await storage.deleteAll();
  plantTombstone(storage, now);
  await storage.setAlarm(now + TOMBSTONE_MS);
  await deleteSessionCounter(outside.TRACKING_KV, session_id);
  const erased = await eraseLives(outside, session_id, starts, others);
  return { ...erased, again: !settled || uncertain, goes_on: false };
}

/** Erases lives of a session's id from the stores outside. Lives of others, which began on other days, stay. */
export async function eraseLives(
  { DB, TRACKING_R2 }: Pick<Env, "DB" | "TRACKING_R2">,
  session_id: string,
  starts: readonly number[],
  others: readonly number[],
): Promise<Omit<ErasedSession, "again" | "goes_on">> {
  // Read the ranges before the objects are deleted: they say where in the log each life begins.
  const ranges = others.length > 0 ? await rangesOf(TRACKING_R2, session_id, starts, others) : null;
  let objects = 0;
  let bytes = 0;
  for (const prefix of new Set(starts.map((start) => sessionPrefix(session_id, start)))) {
    const deleted = await deleteSessionObjects(TRACKING_R2, prefix);
    objects += deleted.objects;
    bytes += deleted.bytes;
  }
  const rows = ranges ? await deleteLifeRows(DB, session_id, ranges, starts) : await deleteSessionRows(DB, session_id);
  return { objects, bytes, ...rows };
}

/** The seqs of the lives that began at `starts`. A life has the seqs from its own first one up to the next life's first. */
async function rangesOf(
  bucket: R2Bucket,
  session_id: string,
  starts: readonly number[],
  others: readonly number[],
): Promise<SeqRange[]> {
  const firstOf = async (start: number) => ({
    start,
    first: (await firstSeqIn(bucket, sessionPrefix(session_id, start))) ?? firstSeq(start),
  });
  const lives = await Promise.all([...starts, ...others].map(firstOf));
  const sorted = lives.toSorted((a, b) => a.first - b.first);
  return sorted.flatMap(({ start, first }, i) =>
    starts.includes(start) ? [{ from: first, to: sorted[i + 1]?.first ?? Number.MAX_SAFE_INTEGER }] : [],
  );
}

/** Drops a tombstone that is old enough: nobody sends anything of that session any more, so its id is free again. */
export async function dropTombstone(storage: DurableObjectStorage, now: number): Promise<void> {
  const erasedAt = readTombstone(storage);
  if (erasedAt === null) return;
  if (erasedAt + TOMBSTONE_MS <= now) return storage.deleteAll();
  await storage.setAlarm(erasedAt + TOMBSTONE_MS);
}

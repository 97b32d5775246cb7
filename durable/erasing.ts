import type { Env } from "../src/env";
import { groupOf } from "../src/identity/name";
import type { IdentityKind } from "../src/identity/record";
import { inTime } from "../src/in-time";
import { DAY_MS, ERASE_WAIT_MS, ERASURE_DAYS, TOMBSTONE_MS } from "../src/limits";
import { DEFAULT_SITE } from "../src/protocol/fields";
import {
  type ArchivedIdentity,
  deleteSessionObjects,
  readIdentities,
  readMeta,
  sessionPrefix,
} from "../src/store/archive";
import { dayOf, daysOfSession } from "../src/store/archive-days";
import { deleteSessionCounter } from "../src/store/counters";
import { deleteSessionRows } from "../src/store/erasures";
import { plantTombstone, readTombstone } from "../src/store/tombstone";
import type { Memory } from "./memory";

/** Whom a session is of, in all its lives, and when those began. */
export interface Subject {
  identities: { kind: IdentityKind; value: string; group: string }[];
  starts: number[];
  /** Submits sent from its pages. */
  leads: string[];
  /** The visitor it names now; null for none, and where its actor has forgotten it. */
  visitor_id: string | null;
  /** Visitors that one of its lives has shown to be, by their secret. */
  proven: string[];
}

/**
 * What the actor and the archive know of whom a session is of. A session may have had several addresses, and its id an
 * earlier life on another day, of which the newest row says nothing: so every day that the archive may have is asked.
 */
export async function subjectOf(bucket: R2Bucket, sessionId: string, memory: Memory | null): Promise<Subject> {
  const starts = memory ? [memory.state.started_at] : [];
  const last = Date.parse(dayOf(Date.now() + DAY_MS));
  const days = Array.from({ length: ERASURE_DAYS }, (_, i) => last - i * DAY_MS);
  starts.push(...(await daysOfSession(bucket, sessionId, days)));
  const found = memory?.head.identity ? [{ ...memory.head.identity, ...memory.head }] : [];
  const objects = await Promise.all(starts.map((start) => namedIn(bucket, sessionPrefix(sessionId, start))));
  const identities = [...found, ...objects.flat()].flatMap(({ fingerprint_id, ip, addresses = [], ...one }) => {
    const group = groupOf(one.site, one.identity_group);
    // Whatever an object may lack: an erasure must not stumble over it for ever.
    const named = (kind: IdentityKind, values: (string | null | undefined)[]): Subject["identities"] =>
      [...new Set(values)].flatMap((value) => (value ? { kind, value, group } : []));
    return [...named("fingerprint", [fingerprint_id]), ...named("address", [ip, ...addresses])];
  });
  const proven = [...found, ...objects.flat()].flatMap(({ visitor_id, visitor_proven }) =>
    visitor_id && visitor_proven ? [visitor_id] : [],
  );
  const { leads = [], identity = null } = memory?.head ?? {};
  return { identities, starts, leads, visitor_id: identity?.visitor_id ?? null, proven };
}

/** Whom a life of a session was of, and on which site it was. */
async function namedIn(bucket: R2Bucket, prefix: string): Promise<(ArchivedIdentity & { site: string })[]> {
  const [identities, meta] = await Promise.all([readIdentities(bucket, prefix), readMeta(bucket, prefix)]);
  return identities.map((identity) => ({ ...identity, site: meta?.site ?? DEFAULT_SITE }));
}

/** What of a session was erased. */
export interface ErasedSession {
  objects: number;
  bytes: number;
  sessions: number;
  events: number;
  /** A write may still be on its way: look once more in a while. */
  again: boolean;
}

export interface ErasingContext {
  storage: DurableObjectStorage;
  outside: Pick<Env, "DB" | "TRACKING_R2" | "TRACKING_KV">;
  session_id: string;
  /** When its lives began, as far as anybody knows: where its objects are. */
  starts: readonly number[];
  /** What is under way: the alarm may be writing, a report or a count be on its way. */
  running: Promise<unknown>;
  /** Whether a write of this session was given up and may still land; asked once what is under way has ended. */
  isUncertain: () => boolean;
}

/**
 * Erases a session everywhere it has written. The actor's own database goes with its file, and a tombstone takes its
 * place; then the stores outside, which nothing writes to any more. May be repeated.
 */
export async function eraseSession({
  storage,
  outside,
  session_id,
  starts,
  running,
  isUncertain,
}: ErasingContext): Promise<ErasedSession> {
  // Known to the caller as erasing, so nothing is taken meanwhile; a write that is under way is waited for.
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
  let [objects, bytes] = [0, 0];
  for (const start of new Set(starts)) {
    const deleted = await deleteSessionObjects(outside.TRACKING_R2, sessionPrefix(session_id, start));
    objects += deleted.objects;
    bytes += deleted.bytes;
  }
  const rows = await deleteSessionRows(outside.DB, session_id);
  return { objects, bytes, ...rows, again: !settled || uncertain };
}

/** After so long nobody sends anything of an erased session any more: its id is free again. */
export async function dropTombstone(storage: DurableObjectStorage, now: number): Promise<void> {
  const erasedAt = readTombstone(storage);
  if (erasedAt === null) return;
  if (erasedAt + TOMBSTONE_MS <= now) return storage.deleteAll();
  await storage.setAlarm(erasedAt + TOMBSTONE_MS);
}

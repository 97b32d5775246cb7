import type { Env } from "../src/env";
import { ERASE_WAIT_MS, TOMBSTONE_MS } from "../src/limits";
import { deleteSessionObjects, sessionPrefix } from "../src/store/archive";
import { deleteSessionCounter } from "../src/store/counters";
import { deleteSessionRows } from "../src/store/erasures";
import { plantTombstone, readTombstone } from "../src/store/tombstone";
import { inTime } from "./in-time";

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
  /** The alarm that is running: it may be writing. */
  running: Promise<void>;
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
}: ErasingContext): Promise<ErasedSession> {
  // Known to the caller as erasing, so nothing is taken meanwhile; a write that is under way is waited for.
  const settled = await inTime(running, ERASE_WAIT_MS).then(
    () => true,
    () => false,
  );
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
  return { objects, bytes, ...rows, again: !settled };
}

/** After so long nobody sends anything of an erased session any more: its id is free again. */
export async function dropTombstone(storage: DurableObjectStorage, now: number): Promise<void> {
  const erasedAt = readTombstone(storage);
  if (erasedAt === null) return;
  if (erasedAt + TOMBSTONE_MS <= now) return storage.deleteAll();
  await storage.setAlarm(erasedAt + TOMBSTONE_MS);
}

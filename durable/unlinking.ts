import type { Env } from "../src/env";
import { shardName, shardOf } from "../src/roster/shards";
import { whoIs } from "../src/roster/who";
import { eraseIdentity } from "../src/store/archive";
import { unlinkSessionRow } from "../src/store/erasures";
import type { OrderedSession } from "../src/store/order";
import { eraseRecording } from "../src/store/recordings";
import { forgetSession } from "./erasing-identity";
import type { Outside } from "./flush";

/** What an erasure heard of a session that only claims to be of its visitor. */
export interface Unlinked {
  /** It has shown the secret meanwhile: it is the visitor's own, and nothing was done. */
  is_proven: boolean;
  /** A write may still be on its way: look once more in a while. */
  again: boolean;
}

/**
 * What the stores outside know of whom a session is goes, as after a withdrawal; the rest of it stays, as nobody's. The row
 * is last, because it leads here. May be repeated. `prefixes`: of the lives that are to be unlinked.
 */
export async function unlinkOutside(
  { db, bucket }: Outside,
  session_id: string,
  visitor_id: string,
  prefixes: Iterable<string>,
): Promise<void> {
  for (const prefix of prefixes) {
    await eraseIdentity(bucket, prefix, Number.MAX_SAFE_INTEGER);
    await eraseRecording(bucket, prefix);
  }
  await unlinkSessionRow(db, session_id, visitor_id);
}

/** All that knows of whom a session is forgets it: its own actor, the roster, and the shards of whom it told of. */
export async function unlinkSession(
  env: Pick<Env, "SESSION" | "ROSTER" | "DB" | "IDENTITY" | "SITE">,
  { session_id, starts, others, identities }: OrderedSession,
  visitorId: string,
): Promise<Unlinked> {
  const unlinked = await env.SESSION.getByName(session_id).unlink(visitorId, starts, others);
  if (unlinked.is_proven) return unlinked;
  const who = await whoIs(visitorId);
  await env.ROSTER.getByName(shardName(shardOf(session_id, who))).part(session_id, who);
  for (const identity of identities) await forgetSession(env, identity, session_id);
  return unlinked;
}

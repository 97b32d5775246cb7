import type { Env, UnlinkedSession } from "../../src/bindings";
import { shardName, shardOf } from "../../src/core/roster/shards";
import { whoIs } from "../../src/core/roster/who";
import { eraseIdentity } from "../../src/data/store/archive";
import { unlinkSessionRow } from "../../src/data/store/erasures";
import type { OrderedSession } from "../../src/data/store/order";
import { eraseRecording } from "../../src/data/store/recordings";
import { forgetSession } from "../eraser/outside";
import type { Outside } from "./flush";

/**
 * Removes from the stores outside whom a session names, as after a withdrawal; the rest of the session stays. The row comes last,
 * because an erasure finds the session by it. May be repeated. `prefixes`: those of the lives to unlink.
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

/** Makes everything that knows whom a session names forget it: its actor, the roster, and the shards that it has told. */
export async function unlinkSession(
  env: Pick<Env, "SESSION" | "ROSTER" | "DB" | "IDENTITY" | "SITE">,
  { session_id, starts, others, identities }: OrderedSession,
  visitor_id: string,
): Promise<UnlinkedSession> {
  const unlinked = await env.SESSION.getByName(session_id).unlink(visitor_id, starts, others);
  if (unlinked.is_proven) return unlinked;
  const who = await whoIs(visitor_id);
  await env.ROSTER.getByName(shardName(shardOf(session_id, who))).part(session_id, who);
  for (const identity of identities) await forgetSession(env, identity, session_id);
  return unlinked;
}

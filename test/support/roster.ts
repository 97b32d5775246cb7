import { env } from "cloudflare:workers";
import { shardName, shardOf } from "../../src/core/roster/shards";
import { whoIs } from "../../src/core/roster/who";

export const shard = (n: number) => env.ROSTER.getByName(shardName(n));

/** The roster's shard for a session: by its visitor, if it has one. */
export const rosterOf = async (session_id: string, visitor_id: string | null) =>
  shard(shardOf(session_id, await whoIs(visitor_id)));

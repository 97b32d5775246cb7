import { env } from "cloudflare:workers";
import { shardName, shardOf } from "../../src/core/roster/shards";
import { whoIs } from "../../src/core/roster/who";

export const shard = (n: number) => env.ROSTER.getByName(shardName(n));

/** The roster's shard for a session, by its visitor where it has one. */
export const rosterOf = async (sessionId: string, visitorId: string | null) =>
  shard(shardOf(sessionId, await whoIs(visitorId)));

import { ROSTER_SHARDS } from "../limits";

/** The roster is spread by session, so that no site's crowd meets in one object. */
export const shardOf = (sessionId: string): number => Number.parseInt(sessionId.slice(-4), 16) % ROSTER_SHARDS;

export const shardName = (shard: number): string => `shard-${shard}`;

export const allShards: readonly number[] = Array.from({ length: ROSTER_SHARDS }, (_, shard) => shard);

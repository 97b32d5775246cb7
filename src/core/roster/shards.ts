/** Shards of the roster: 10,000 visitors at a report every 20 s are 500 reports/s, some 30 a shard, of 200 it could take. */
const ROSTER_SHARDS = 16;

/**
 * The shard where a session is told of: that of its visitor (`who` is the hash of `whoIs`), so that the sessions of one
 * visitor meet there, or one by its own id where it has none. Spread, so that no site's crowd meets in one object.
 */
export const shardOf = (session_id: string, who: string | null): number =>
  Number.parseInt((who ?? session_id).slice(-4), 16) % ROSTER_SHARDS;

export const shardName = (shard: number): string => `shard-${shard}`;

export const allShards: readonly number[] = Array.from({ length: ROSTER_SHARDS }, (_, shard) => shard);

/**
 * How many shards the roster has. 10,000 visitors at a report every 20 s are 500 reports/s, some 30 for each shard, which could
 * take 200.
 */
const ROSTER_SHARDS = 16;

/**
 * The shard to which a session reports. It is chosen by the visitor (`who` is the hash of `whoIs`), so that the sessions of one
 * visitor meet there, or by the session's id if it has no visitor. That spreads sessions, so that no site's crowd meets in one
 * object.
 */
export const shardOf = (session_id: string, who: string | null): number =>
  Number.parseInt((who ?? session_id).slice(-4), 16) % ROSTER_SHARDS;

export const shardName = (shard: number): string => `shard-${shard}`;

export const allShards: readonly number[] = Array.from({ length: ROSTER_SHARDS }, (_, shard) => shard);

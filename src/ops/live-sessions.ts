import type { Env } from "../bindings";
import { shardName, shardOf } from "../core/roster/shards";
import { whoIs } from "../core/roster/who";

/** A visitor's sessions that the roster has heard of lately, also those that no store knows yet. */
export async function liveSessionsOf(
  roster: Env["ROSTER"],
  visitor_id: string,
  sites: readonly string[] | null,
): Promise<string[]> {
  const who = await whoIs(visitor_id);
  if (who === null) return [];
  return roster.getByName(shardName(shardOf("", who))).sessionsOf(who, sites && [...sites]);
}

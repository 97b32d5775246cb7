import type { RosterFigures } from "../../core/roster/figures";
import { allShards, shardName } from "../../core/roster/shards";
import { databaseBytes } from "../../data/store/database";
import { lastFinished } from "../../data/store/retention";
import { errorField } from "../../ops/logger";
import { renderMetrics } from "../../ops/metrics";
import { siteBudgets } from "../../ops/site-budgets";
import { keyed, requireAllSites } from "../http/keyed";

/** `GET /metrics`: the operator's figures, from the sessions' reports to the roster. */
export const getMetrics = keyed(async ({ env, log, caller }) => {
  requireAllSites(caller);
  const ask = async (shard: number): Promise<RosterFigures | null> => {
    try {
      return await env.ROSTER.getByName(shardName(shard)).figures();
    } catch (error) {
      log.warn("shard_failed", { shard, error: errorField(error) });
      return null;
    }
  };
  const orNull = (error: unknown): null => {
    log.warn("figure_failed", { error: errorField(error) });
    return null;
  };
  const [answers, retention_finished_at, budgets, database_bytes] = await Promise.all([
    Promise.all(allShards.map(ask)),
    lastFinished(env.DB),
    siteBudgets(env).catch(orNull),
    databaseBytes(env.DB).catch(orNull),
  ]);
  const shards = answers.filter((one) => one !== null);
  const failed = answers.length - shards.length;
  const text = renderMetrics({ shards, failed, retention_finished_at, budgets, database_bytes });
  return new Response(text, {
    headers: { "Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": "no-store" },
  });
}, "inspect");

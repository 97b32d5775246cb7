import { RebuildInput } from "../../core/api/rebuild";
import { REBUILD_CALLS, REBUILD_MS } from "../../limits";
import { Budget } from "../../ops/budget";
import { rebuild } from "../../ops/rebuild";
import { fromRefusal } from "../../protocol/problem";
import { parseWith } from "../../protocol/track";
import { readJson } from "../http/body";
import { keyed, requireAllSites } from "../http/keyed";

/** `POST /analytics/rebuild`: D1 again from the archive, one bounded step. */
export const postRebuild = keyed(async ({ request, env, caller }) => {
  requireAllSites(caller);
  const parsed = parseWith(RebuildInput, await readJson(request));
  if (!parsed.ok) throw fromRefusal(parsed.refusal);
  const { from, to, after = null } = parsed.value;
  const budget = new Budget({ calls: REBUILD_CALLS, ms: REBUILD_MS }, Date.now());
  const data = await rebuild(env, { from, to }, after, budget);
  return Response.json({ data }, { headers: { "Cache-Control": "no-store" } });
}, "admin");

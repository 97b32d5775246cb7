import { RebuildInput } from "../../core/api/rebuild";
import { rebuild } from "../../ops/rebuild";
import { Budget } from "../../ops/work-budget";
import { fromRefusal } from "../../protocol/problem";
import { parseWith } from "../../protocol/track";
import { SECOND_MS } from "../../time";
import { readJson } from "../http/body";
import { keyed, requireAllSites } from "../http/keyed";

/** One step: some 70 sessions, within the platform's 1,000 calls and what a client waits for. */
const REBUILD_CALLS = 700;
const REBUILD_MS = 20 * SECOND_MS;

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

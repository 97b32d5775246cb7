import { RebuildInput } from "../../core/api/rebuild";
import { rebuild } from "../../ops/rebuild";
import { WorkBudget } from "../../ops/work-budget";
import { unwrap } from "../../protocol/problem";
import { parseWith } from "../../protocol/track";
import { SECOND_MS } from "../../time";
import { readJson } from "../http/body";
import { freshJson } from "../http/json";
import { keyed, requireAllSites } from "../http/keyed";

/** One step: some 70 sessions, within the platform's 1,000 calls and the time that a client waits. */
const REBUILD_CALLS = 700;
const REBUILD_MS = 20 * SECOND_MS;

/** `POST /analytics/rebuild`: writes D1 again from the archive, one bounded step. */
export const postRebuild = keyed(async ({ request, env, caller }) => {
  requireAllSites(caller);
  const { from, to, after = null } = unwrap(parseWith(RebuildInput, await readJson(request)));
  const budget = new WorkBudget({ calls: REBUILD_CALLS, ms: REBUILD_MS }, Date.now());
  const data = await rebuild(env, { from, to }, after, budget);
  return freshJson({ data });
}, "admin");

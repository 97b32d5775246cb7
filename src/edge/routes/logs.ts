import { LogsQuery } from "../../core/api/logs";
import { type ArchivedLog, archivedLogs } from "../../ops/archived-logs";
import { WorkBudget } from "../../ops/work-budget";
import { SECOND_MS } from "../../time";
import { keyed } from "../http/keyed";
import { readQuery } from "../http/query";
import { streamText } from "../http/stream";

/** One step: within the platform's 1,000 calls, and the time that a client waits. */
const LOGS_CALLS = 700;
const LOGS_MS = 20 * SECOND_MS;

/** Calls that a session costs, about: its listing, `meta.json`, and the objects of a few minutes. */
const CALLS_A_SESSION = 10;

/** `GET /analytics/logs`: sessions' logs from R2, one a line. The last line says where the next call goes on. */
export const getLogs = keyed(async (context) => {
  const { from, to, site, after = null } = readQuery(LogsQuery, context);
  const budget = new WorkBudget({ calls: LOGS_CALLS, ms: LOGS_MS }, Date.now());
  const logs = archivedLogs(context.env.TRACKING_R2, { from, to }, after);
  const headers = { "Content-Type": "application/x-ndjson; charset=utf-8", "Cache-Control": "no-store" };
  return new Response(streamText(lines(logs, site, after, budget)), { headers });
}, "export");

async function* lines(
  logs: AsyncIterable<ArchivedLog>,
  wanted: string | undefined,
  after: string | null,
  budget: WorkBudget,
): AsyncGenerator<string> {
  let next = after;
  for await (const { prefix, session_id, site, entries } of logs) {
    if (!budget.take(CALLS_A_SESSION)) {
      yield `${JSON.stringify({ next })}\n`;
      return;
    }
    next = prefix;
    if (wanted === undefined || site === wanted) yield `${JSON.stringify({ session_id, site, entries })}\n`;
  }
  yield '{"next":null}\n';
}

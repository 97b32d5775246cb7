import { LogsQuery } from "../../core/api/logs";
import { type ArchivedLog, archivedLogs } from "../../ops/archived-logs";
import { Budget } from "../../ops/work-budget";
import { SECOND_MS } from "../../time";
import { keyed } from "../http/keyed";
import { readQuery } from "../http/query";
import { streamText } from "../http/stream";

/** One step of reading the archive's logs: the same. */
const LOGS_CALLS = 700;
const LOGS_MS = 20 * SECOND_MS;

/** About what a session costs: its listing, `meta.json`, and the objects of a few minutes. */
const CALLS_A_SESSION = 10;

/** `GET /analytics/logs`: sessions' logs from R2, a line each; the last line says where to go on. */
export const getLogs = keyed(async (context) => {
  const { from, to, site, after = null } = readQuery(LogsQuery, context);
  const budget = new Budget({ calls: LOGS_CALLS, ms: LOGS_MS }, Date.now());
  const logs = archivedLogs(context.env.TRACKING_R2, { from, to }, after);
  const headers = { "Content-Type": "application/x-ndjson; charset=utf-8", "Cache-Control": "no-store" };
  return new Response(streamText(lines(logs, site, after, budget)), { headers });
}, "export");

async function* lines(
  logs: AsyncIterable<ArchivedLog>,
  wanted: string | undefined,
  after: string | null,
  budget: Budget,
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

import type { Filter } from "../../core/api/filter";
import { DETAIL_PATHS, type Facts, type FactsRow, type LooseLead, readFacts } from "../../core/rollup/session-facts";
import { conditionsOf, joinConditions, type SqlCondition } from "./session-conditions";
import { USUAL_RULES } from "./session-row/layout";
import { botRules } from "./session-row/ledger";

/** Rows read at a time for a rollup, or for an answer from rows: about 2 MB of text. */
const FACTS_PAGE_ROWS = 4_000;

/** Reading sessions as facts. */

const COLUMNS = `site, visitor_id, started_at, last_event_at, country, label, engagement, bot, vpn, risk, events,
  json_extract(detail, ${DETAIL_PATHS.map((path) => `'${path}'`).join(", ")}) AS detail,
  (SELECT count(*) FROM lead_conversions AS c WHERE c.session_id = sessions.session_id) AS leads,
  CASE WHEN label = 'bot' THEN json_array(detail -> '$.ledger', detail -> '$.rules_version') END AS convicted`;

interface StoredFacts extends Omit<FactsRow, "rules"> {
  session_id: string;
  /** JSON of a bot's ledger and of the version of its rules. */
  convicted: string | null;
}

function factsOf({ session_id: _, convicted, ...row }: StoredFacts): Facts {
  const [ledger, version] = JSON.parse(convicted ?? "[]") as [unknown[]?, number?];
  return readFacts({ ...row, rules: botRules(ledger ?? [], version ?? USUAL_RULES) });
}

interface FactsPage {
  facts: Facts[];
  /** The last row's place, if there may be more. */
  next: FactsPlace | null;
}

interface FactsPlace {
  started_at: number;
  session_id: string;
}

/** One page of the sessions begun in [from, to), in the order of their start. */
async function readFactsPage(
  db: D1Database,
  range: { from: number; to: number },
  filter: Filter,
  after: FactsPlace | null,
  limit: number,
): Promise<FactsPage> {
  const place: SqlCondition[] = after
    ? [["(started_at, session_id) > (?, ?)", after.started_at, after.session_id]]
    : [];
  const { sql, values } = joinConditions([
    ["started_at >= ?", after?.started_at ?? range.from],
    ["started_at < ?", range.to],
    ...place,
    ...conditionsOf(filter),
  ]);
  const { results } = await db
    .prepare(`SELECT session_id, ${COLUMNS} FROM sessions WHERE ${sql} ORDER BY started_at, session_id LIMIT ?`)
    .bind(...values, limit)
    .all<StoredFacts>();
  const last = results.at(-1);
  const next = last && results.length === limit ? { started_at: last.started_at, session_id: last.session_id } : null;
  return { facts: results.map(factsOf), next };
}

/** All sessions begun in [from, to), a page at a time. Each is in one page only, whatever is written meanwhile. */
export async function* readFactsRange(
  db: D1Database,
  range: { from: number; to: number },
  filter: Filter,
): AsyncGenerator<Facts[]> {
  for (let place: FactsPlace | null = null; ; ) {
    const page = await readFactsPage(db, range, filter, place, FACTS_PAGE_ROWS);
    yield page.facts;
    if (!page.next) return;
    place = page.next;
  }
}

interface LeadPlace extends LooseLead {
  submission_id: string;
}

/**
 * Conversions within [from, to) whose session is not in D1, oldest first, a page at a time. They pass only a filter by site: with
 * any other there are none.
 */
export async function* readLooseLeads(
  db: D1Database,
  range: { from: number; to: number },
  { site, ...rest }: Filter,
): AsyncGenerator<LooseLead[]> {
  if (Object.values(rest).some((value) => value !== undefined)) return;
  for (let last: LeadPlace | null = null; ; ) {
    const place: SqlCondition[] = last ? [["(at, submission_id) > (?, ?)", last.at, last.submission_id]] : [];
    const { sql, values } = joinConditions([
      ["at >= ?", last?.at ?? range.from],
      ["at < ?", range.to],
      ...place,
      ...(site === undefined ? [] : [["site = ?", site] as const]),
      ["NOT EXISTS (SELECT 1 FROM sessions AS s WHERE s.session_id = c.session_id)"],
    ]);
    const { results } = await db
      .prepare(
        `SELECT site, at, label, submission_id FROM lead_conversions AS c WHERE ${sql} ORDER BY at, submission_id LIMIT ?`,
      )
      .bind(...values, FACTS_PAGE_ROWS)
      .all<LeadPlace>();
    yield results;
    last = results.length === FACTS_PAGE_ROWS ? (results.at(-1) ?? null) : null;
    if (!last) return;
  }
}

export interface Window {
  from: number;
  to: number;
}

/** Different visitors: of people, of bots, and of both together (a visitor may be seen as both). */
export interface VisitorCount {
  people: number;
  bots: number;
  all: number;
}

/** Whether at most `most` sessions began in a window, on all sites. Reads at most one index entry more than that. */
export async function hasFewSessions(db: D1Database, { from, to }: Window, most: number): Promise<boolean> {
  const counted = await db
    .prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM sessions WHERE started_at >= ? AND started_at < ? LIMIT ?)`)
    .bind(from, to, most + 1)
    .first<{ n: number }>();
  return (counted?.n ?? 0) <= most;
}

/** Different visitors of each window, one by one. */
export async function countVisitors(
  db: D1Database,
  windows: readonly Window[],
  filter: Filter,
): Promise<VisitorCount[]> {
  const counts = windows.map((): VisitorCount => ({ people: 0, bots: 0, all: 0 }));
  if (windows.length === 0) return counts;
  const { sql, values } = joinConditions([["visitor_id IS NOT NULL"], ...conditionsOf(filter)]);
  const { results } = await db
    .prepare(
      `SELECT w.key AS i, count(DISTINCT visitor_id) AS visitors,
              count(DISTINCT CASE WHEN label IS NOT 'bot' THEN visitor_id END) AS people,
              count(DISTINCT CASE WHEN label = 'bot' THEN visitor_id END) AS bots
       FROM json_each(?) AS w CROSS JOIN sessions
       WHERE started_at >= w.value ->> 0 AND started_at < w.value ->> 1 AND ${sql} GROUP BY w.key`,
    )
    .bind(JSON.stringify(windows.map(({ from, to }) => [from, to])), ...values)
    .all<{ i: number; visitors: number; people: number; bots: number }>();
  for (const { i, visitors, people, bots } of results) counts[i] = { people, bots, all: visitors };
  return counts;
}

import * as z from "zod";
import {
  BotsQuery,
  BreakdownQuery,
  DevicesQuery,
  EventTypesQuery,
  GeoQuery,
  SourcesQuery,
} from "../../core/api/aggregates";
import { NONE, type Part } from "../../core/rollup/session-facts";
import { collect } from "../../data/aggregates/collect";
import { pageSums, type RankedRows, rankedPart, sessionSums, typeSums } from "../../data/aggregates/figures";
import { collectTypes } from "../../data/aggregates/series";
import { findNames } from "../../data/store/event-names";
import { invalidQuery } from "../../protocol/problem";
import { DAY_MS, HOUR_MS } from "../../time";
import type { KeyedContext } from "../http/context-keyed";
import { readCursor, writeCursor } from "../http/cursor";
import { fieldColumns } from "../http/export";
import { keyed } from "../http/keyed";
import { answerList } from "../http/list";
import { readQuery } from "../http/query";
import { MAX_DAYS } from "./limits";
import { type AggregateQuery, questionOf, saidOf, withSitesPage } from "./question";

/** Hours in one answer: a month. */
const MAX_HOURS = 31 * 24;

type BreakdownRow = Record<string, string | number | null>;

interface Listed {
  limit: number;
  cursor?: string | undefined;
}

interface BreakdownSpec {
  part: Part;
  /** The list's name, in cursors and files. */
  name: string;
  /** The field of a row that holds the value. */
  field: string;
  sums: (sums: readonly number[], sessions: number) => BreakdownRow;
  columns: readonly string[];
  /** Adds to the rows what is not counted, such as names. */
  complete?: (rows: BreakdownRow[]) => Promise<BreakdownRow[]>;
}

/** Sessions broken down by one part of them, most first. */
async function answerBreakdown(
  context: KeyedContext,
  query: AggregateQuery & Listed,
  breakdown: BreakdownSpec,
): Promise<Response> {
  const { part, name, field, sums, columns, complete = async (rows) => rows } = breakdown;
  const question = questionOf(await withSitesPage(context.env, query));
  const { slice, excluded } = await collect(context.env.DB, question, [part]);
  const { rows, other, hidden } = rankedPart(slice, part);
  const sessions = slice.totals[0] ?? 0;
  const toRow = ([value, counted]: [string, number[]]): BreakdownRow => ({
    [field]: value === NONE ? null : value,
    ...sums(counted, sessions),
  });
  return answerList(context, {
    name,
    columns: fieldColumns([field, ...columns]),
    query,
    period: question,
    read: async (cursor, limit) => {
      const page = pageOfRanks(name, rows, cursor, limit, toRow);
      return { ...page, rows: await complete(page.rows) };
    },
    more: { other: other && sums(other, sessions), hidden, ...saidOf(question, excluded) },
  });
}

const RankPlace = z.tuple([z.number(), z.string()]);

/** A cursor is the last row's rank and name, so that sessions counted meanwhile shift no page. */
function pageOfRanks(
  list: string,
  rows: RankedRows["rows"],
  cursor: string | null,
  limit: number,
  toRow: (row: [string, number[]]) => BreakdownRow,
): { rows: BreakdownRow[]; next: string | null } {
  const place = readCursor(list, RankPlace, cursor ?? undefined);
  const left = place ? rows.filter(([value, [rank = 0]]) => isAfter([rank, value], place)) : rows;
  const page = left.slice(0, limit);
  const [value = "", [rank = 0] = []] = page.at(-1) ?? [];
  return { rows: page.map(toRow), next: left.length > limit ? writeCursor(list, rank, value) : null };
}

const isAfter = ([rank, value]: [number, string], [lastRank, last]: [number, string]): boolean =>
  rank < lastRank || (rank === lastRank && value > last);

const SESSIONS = {
  sums: sessionSums,
  columns: ["sessions", "share", "events", "page_views", "bounces", "bounce_rate", "average_engaged_ms", "leads"],
} as const;

const bySession = (
  context: KeyedContext,
  { by, ...query }: AggregateQuery & Listed & { by: Part },
): Promise<Response> => answerBreakdown(context, query, { part: by, name: `by-${by}`, field: by, ...SESSIONS });

/** `GET /analytics/geo` */
export const getGeo = keyed((context) => bySession(context, readQuery(GeoQuery, context)));

/** `GET /analytics/sources` */
export const getSources = keyed((context) => bySession(context, readQuery(SourcesQuery, context)));

/** `GET /analytics/devices` */
export const getDevices = keyed((context) => bySession(context, readQuery(DevicesQuery, context)));

const BOT_PARTS = { rule: "rule", kind: "bot_kind", name: "bot_name", proof: "bot_proof" } as const;

/** `GET /analytics/bots` */
export const getBots = keyed((context) => {
  const { by, ...query } = readQuery(BotsQuery, context);
  const breakdown = { part: BOT_PARTS[by], name: `bots-by-${by}`, field: by, ...SESSIONS };
  return answerBreakdown(context, { ...query, bots: "only" }, breakdown);
});

/** `GET /analytics/pages/top` */
export const getTopPages = keyed((context) =>
  answerBreakdown(context, readQuery(BreakdownQuery, context), {
    part: "page",
    name: "pages",
    field: "page",
    sums: pageSums,
    columns: ["views", "sessions", "entries", "bounces", "bounce_rate"],
  }),
);

/** Adds the free names of event types, for those that have one. */
async function withNames(
  context: KeyedContext,
  site: string | undefined,
  rows: BreakdownRow[],
): Promise<BreakdownRow[]> {
  const types = rows.map(({ event_type }) => String(event_type));
  const names = await findNames(context.env.DB, site ?? null, types);
  return rows.map((row, i) => {
    const name = names.get(types[i] ?? "");
    return name === undefined ? row : { ...row, name };
  });
}

const INTERVALS = {
  hour: { ms: HOUR_MS, most: MAX_HOURS },
  day: { ms: DAY_MS, most: MAX_DAYS },
} as const;

/** `GET /analytics/events` */
export const getEventTypes = keyed(async (context) => {
  const { interval, ...query } = readQuery(EventTypesQuery, context);
  if (interval !== "total") return answerTypes(context, query, interval);
  return answerBreakdown(context, query, {
    part: "type",
    name: "events",
    field: "event_type",
    sums: typeSums,
    columns: ["name", "events", "sessions"],
    complete: (rows) => withNames(context, query.site, rows),
  });
});

const TypePlace = z.tuple([z.number(), z.string()]);

async function answerTypes(
  context: KeyedContext,
  query: AggregateQuery & Listed,
  interval: "hour" | "day",
): Promise<Response> {
  const question = questionOf(await withSitesPage(context.env, query));
  const { ms, most } = INTERVALS[interval];
  if ((question.to - question.from) / ms > most) throw invalidQuery("from", `at most ${most} intervals`);
  const { counts, excluded } = await collectTypes(context.env.DB, question, ms, interval === "day");
  const name = `events-${interval}`;
  return answerList(context, {
    name,
    columns: fieldColumns(["at", "event_type", "name", "events", "sessions"]),
    query,
    period: question,
    read: async (cursor, limit) => {
      const [at, type] = readCursor(name, TypePlace, cursor ?? undefined) ?? [-1, ""];
      const left = counts.filter((row) => row.at > at || (row.at === at && row.event_type > type));
      const page = left.slice(0, limit).map((row): BreakdownRow => ({ ...row }));
      const last = left[limit - 1];
      const rows = await withNames(context, query.site, page);
      return { rows, next: last && left.length > limit ? writeCursor(name, last.at, last.event_type) : null };
    },
    more: { other: null, hidden: 0, ...saidOf(question, excluded) },
  });
}

import * as z from "zod";
import { DailyQuery, OverviewQuery } from "../../core/api/aggregates";
import { medianOf } from "../../core/rollup/durations";
import { collect, collectVisitors } from "../../data/aggregates/collect";
import { collectDays } from "../../data/aggregates/days";
import { engagementOf, figuresOf } from "../../data/aggregates/figures";
import type { Question } from "../../data/aggregates/question";
import { invalidQuery } from "../../protocol/problem";
import { localDays } from "../../protocol/zone";
import { DAY_MS } from "../../time";
import { readCursor, writeCursor } from "../http/cursor";
import { fieldColumns } from "../http/export";
import { keyed } from "../http/keyed";
import { answerList } from "../http/list";
import { periodAnswer } from "../http/period-answer";
import { readQuery } from "../http/query";
import { MAX_DAYS } from "./limits";
import { questionOf, saidOf, withSitesPage } from "./question";

async function overviewOf(db: D1Database, question: Question) {
  const { slice, visitors, visitors_error, excluded } = await collectVisitors(db, question);
  const figures = {
    period: { from: question.from, to: question.to },
    visitors,
    visitors_error,
    ...figuresOf(slice.totals),
    median_duration_ms: medianOf(slice.durations),
  };
  return { figures, excluded };
}

/** `GET /analytics/overview` */
export const getOverview = keyed(async (context) => {
  const question = questionOf(await withSitesPage(context.env, readQuery(OverviewQuery, context)));
  const { from, to } = question;
  const [now, before] = await Promise.all([
    overviewOf(context.env.DB, question),
    overviewOf(context.env.DB, { ...question, from: 2 * from - to, to: from }),
  ]);
  const data = { ...now.figures, previous: before.figures };
  return periodAnswer(context.request, question, { data, ...saidOf(question, now.excluded) });
});

/** `GET /analytics/engagement` */
export const getEngagement = keyed(async (context) => {
  const question = questionOf(await withSitesPage(context.env, readQuery(OverviewQuery, context)));
  const { slice, excluded } = await collect(context.env.DB, question, ["engagement"]);
  return periodAnswer(context.request, question, { data: engagementOf(slice), ...saidOf(question, excluded) });
});

/** `GET /analytics/sessions/daily` */
export const getDaily = keyed(async (context) => {
  const query = readQuery(DailyQuery, context);
  const { tz, limit, cursor, ...asked } = query;
  const question = questionOf(await withSitesPage(context.env, asked));
  if ((question.to - question.from) / DAY_MS > MAX_DAYS) throw invalidQuery("from", `at most ${MAX_DAYS} days`);
  const days = localDays(question, tz);
  const { DB } = context.env;
  const { figures, excluded } = await collectDays(DB, question, days);
  const rows = figures.map(({ day: { date, from, to }, totals, visitors }) => ({
    date,
    from,
    to,
    visitors,
    ...figuresOf(totals),
  }));
  return answerList(context, {
    name: "daily",
    columns: fieldColumns(DAY_COLUMNS),
    query: { limit: limit ?? Math.max(1, rows.length), cursor },
    read: async (at, count) => {
      const [after = ""] = readCursor("daily", z.tuple([z.string()]), at ?? undefined) ?? [];
      const left = rows.filter(({ date }) => date > after);
      const page = left.slice(0, count);
      const last = page.at(-1);
      return { rows: page, next: last && left.length > count ? writeCursor("daily", last.date) : null };
    },
    more: { tz, ...saidOf(question, excluded) },
    period: question,
  });
});

const DAY_COLUMNS = [
  "date",
  "sessions",
  "visitors",
  "events",
  "page_views",
  "bounces",
  "bounce_rate",
  "average_engaged_ms",
  "leads",
  "expected",
  "missing",
];

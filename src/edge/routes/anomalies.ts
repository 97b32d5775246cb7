import * as z from "zod";
import { findAnomalies } from "../../core/anomaly/find";
import { rangeOf } from "../../core/api/analytics";
import { AnomaliesQuery } from "../../core/api/anomalies";
import { readHourly } from "../../data/aggregates/hourly";
import { ANOMALY_WEEKS, WEEK_MS } from "../../limits";
import { invalidQuery } from "../../protocol/problem";
import { DAY_MS } from "../../time";
import { readCursor, writeCursor } from "../http/cursor";
import { fieldColumns } from "../http/export";
import { keyed } from "../http/keyed";
import { answerList } from "../http/list";
import { readQuery } from "../http/query";

/** The longest period that one answer judges: a month. With the weeks before, that is some 90 day rows for each site and class. */
const ANOMALY_MAX_MS = 31 * DAY_MS;
/** How far back hours are compared: the weeks before, and the longest window of the first hour, a day. */
export const ANOMALY_LOOK_BACK_MS = ANOMALY_WEEKS * WEEK_MS + DAY_MS;

const AnomalyPlace = z.tuple([z.number(), z.string(), z.number()]);

const COLUMNS = ["kind", "site", "at", "from", "to", "hours", "value", "median", "mad", "deviation", "samples"];

/** `GET /analytics/anomalies` */
export const getAnomalies = keyed(async (context) => {
  const query = readQuery(AnomaliesQuery, context);
  const asked = rangeOf(query, Date.now());
  if (asked.from >= asked.to) throw invalidQuery("from", "must be before to");
  const period = { from: Math.max(asked.from, asked.to - ANOMALY_MAX_MS), to: asked.to };
  const { site } = query;
  const known = await readHourly(context.env.DB, period.from - ANOMALY_LOOK_BACK_MS, period.to, site);
  const all = findAnomalies(known, period.from, period.to).map((one) => ({ ...one, site: site ?? null }));
  return answerList(context, {
    name: "anomalies",
    columns: fieldColumns(COLUMNS),
    query,
    period,
    read: async (cursor, limit) => {
      const [at, kind, hours] = readCursor("anomalies", AnomalyPlace, cursor ?? undefined) ?? [
        Number.POSITIVE_INFINITY,
        "",
        0,
      ];
      const isLater = (one: { at: number; kind: string; hours: number }) =>
        one.at < at || (one.at === at && (one.kind > kind || (one.kind === kind && one.hours > hours)));
      const left = all.filter(isLater);
      const last = left[limit - 1];
      const next = last && left.length > limit ? writeCursor("anomalies", last.at, last.kind, last.hours) : null;
      return { rows: left.slice(0, limit), next };
    },
    more: { period },
  });
});

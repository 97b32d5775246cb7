import {
  BotsBody,
  BotsQuery,
  BreakdownQuery,
  DailyBody,
  DailyQuery,
  DevicesBody,
  DevicesQuery,
  EngagementBody,
  EventTypesBody,
  EventTypesQuery,
  GeoBody,
  GeoQuery,
  OverviewBody,
  OverviewQuery,
  PagesBody,
  SourcesBody,
  SourcesQuery,
} from "../../../core/api/aggregates";
import { AnomaliesBody, AnomaliesQuery } from "../../../core/api/anomalies";
import type { Operations } from "../operation";

/** What holds for all aggregates; each description begins with it. */
const RULES =
  `Counts the sessions that began in the period, with all of their events. Sessions labelled \`bot\` are left
out unless \`bots\` says otherwise; \`bots.excluded\` says how many. Exact: closed periods come from rollups, the open one
from rows.`.replaceAll("\n", " ");

const usual = { keyed: true, problems: ["unavailable"] } as const;
const june = { from: "2026-06-01", to: "2026-07-01" };

export const aggregateOperations: Operations = {
  "GET /analytics/overview": {
    summary: "Sessions, visitors, events, bounces and leads, beside the period before",
    description:
      `${RULES} Different visitors are exact within a day, and over longer spans where at most 1,000 sessions began; past
that they are estimated with a standard error of 1.6 % (\`visitors_error\`). The median is within 3.2 %. Leads
count with the session they came from; those whose session is not kept, by when they came in.`.replaceAll("\n", " "),
    query: OverviewQuery,
    answer: OverviewBody,
    ...usual,
    example: { query: { ...june, country: "DE" } },
  },
  "GET /analytics/sessions/daily": {
    summary: "The days of a time zone one by one, oldest first",
    description: `${RULES} Different visitors are exact in each day.`,
    query: DailyQuery,
    answer: DailyBody,
    exported: true,
    ...usual,
    example: { query: { ...june, tz: "Europe/Berlin" } },
  },
  "GET /analytics/pages/top": {
    summary: "Pages by views, without their queries",
    description: `${RULES} A day keeps its first hundred pages by name: the rest is \`other\`, and \`hidden\` is what one may lack.`,
    query: BreakdownQuery,
    answer: PagesBody,
    exported: true,
    ...usual,
    example: { query: { ...june, source: "google" } },
  },
  "GET /analytics/geo": {
    summary: "Sessions by country, or by region",
    description: `${RULES} A region is an ISO 3166-2 code, DE-BY.`,
    query: GeoQuery,
    answer: GeoBody,
    exported: true,
    ...usual,
    example: { query: { ...june, device: "mobile" } },
  },
  "GET /analytics/sources": {
    summary: "Sessions by where they came from: source, channel, campaign, medium, term, content, or referring host",
    description:
      `${RULES} The source is \`utm_source\`, else a click id's network, else the referrer, else \`direct\`; brands have one
name under all their hosts. Medium, term and content are those of the entry page's \`utm_…\`.`.replaceAll("\n", " "),
    query: SourcesQuery,
    answer: SourcesBody,
    exported: true,
    ...usual,
    example: { query: { ...june, by: "channel" } },
  },
  "GET /analytics/devices": {
    summary: "Sessions by device class, browser or operating system",
    description: RULES,
    query: DevicesQuery,
    answer: DevicesBody,
    exported: true,
    ...usual,
    example: { query: { ...june, by: "browser" } },
  },
  "GET /analytics/bots": {
    summary: "Sessions labelled as bots, by rule, by what they come for, by name, or by proof",
    description:
      "By `rule` a session counts for each rule whose points made it a bot, so the rows add up to more than there are. " +
      "By `kind` and `name` it counts for the bot that its agent names, by `proof` whether the edge has checked that " +
      "(`verified`) or the agent alone says so (`claimed`); null stands for bots that are not named.",
    query: BotsQuery,
    answer: BotsBody,
    exported: true,
    ...usual,
    example: { query: june },
  },
  "GET /analytics/events": {
    summary: "Events by type, and by hour or day",
    description: `${RULES} \`interval\`: an hour or a day (UTC) of the sessions' starts; hours for a month at most.`,
    query: EventTypesQuery,
    answer: EventTypesBody,
    exported: true,
    ...usual,
    example: { query: { ...june, interval: "day", limit: "100" } },
  },
  "GET /analytics/anomalies": {
    summary: "Hours that are not what they were in the weeks before, latest first",
    description:
      `Each closed hour, or the 24 hours that end with it, beside the same of the eight weeks before: median and median
absolute deviation. Hours in a row are one anomaly, told by the worst of them. Read from rollups alone; the last 31 days
of a longer period are judged.`.replaceAll("\n", " "),
    query: AnomaliesQuery,
    answer: AnomaliesBody,
    exported: true,
    ...usual,
    example: { query: june },
  },
  "GET /analytics/engagement": {
    summary: "Engaged time, depth, and sessions by bands of the engagement score",
    description: RULES,
    query: OverviewQuery,
    answer: EngagementBody,
    ...usual,
    example: { query: june },
  },
};

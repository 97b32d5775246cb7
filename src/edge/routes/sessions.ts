import * as z from "zod";
import { SessionsQuery } from "../../core/api/analytics";
import { collect } from "../../data/aggregates/collect";
import { countExcluded, listSessions, type Session, type SessionsAsked } from "../../data/store/sessions";
import { readCursor, writeCursor } from "../http/cursor";
import type { Columns } from "../http/export";
import { keyed } from "../http/keyed";
import { answerList } from "../http/list";
import { readQuery } from "../http/query";
import { questionOf, saidOf, withSitesPage } from "./question";

const SessionPlace = z
  .tuple([z.number(), z.string()])
  .transform(([started_at, session_id]) => ({ started_at, session_id }));

/** `GET /analytics/sessions` */
export const getSessions = keyed(async (context) => {
  const { env } = context;
  const query = await withSitesPage(env, readQuery(SessionsQuery, context));
  const { DB } = env;
  const question = questionOf(query);
  const asked: SessionsAsked = { query, range: question };
  const excluded = await excludedBy(DB, asked);
  return answerList(context, {
    name: "sessions",
    columns: COLUMNS,
    query,
    period: question,
    read: async (at, limit) => {
      const cursor = readCursor("sessions", SessionPlace, at ?? undefined);
      const { sessions, next } = await listSessions(DB, asked, cursor, limit);
      return { rows: sessions, next: next && writeCursor("sessions", next.started_at, next.session_id) };
    },
    more: saidOf(question, excluded),
    headers: { "X-Bots-Excluded": String(excluded) },
  });
});

/**
 * How many sessions `bots` leaves out. Rollups know it, but not for one visitor or fingerprint. Those have few sessions, which are
 * counted from rows.
 */
async function excludedBy(db: D1Database, asked: SessionsAsked): Promise<number> {
  const { visitor_id, fingerprint_id, bots } = asked.query;
  if (bots === "include") return 0;
  if (visitor_id !== undefined || fingerprint_id !== undefined) return countExcluded(db, asked);
  return (await collect(db, questionOf(asked.query), [])).excluded;
}

/** Every column of the table, the scores by name, and the details that are asked for most. */
const COLUMNS: Columns<Session> = [
  ["session_id", (session) => session.session_id],
  ["site", (session) => session.site],
  ["visitor_id", (session) => session.visitor_id],
  ["fingerprint_id", (session) => session.fingerprint_id],
  ["started_at", (session) => session.started_at],
  ["last_event_at", (session) => session.last_event_at],
  ["ended_at", (session) => session.ended_at],
  ["ip", (session) => session.ip],
  ["asn", (session) => session.asn],
  ["country", (session) => session.country],
  ["label", (session) => session.label],
  ["engagement", (session) => session.scores.engagement],
  ["bot", (session) => session.scores.bot],
  ["vpn", (session) => session.scores.vpn],
  ["risk", (session) => session.scores.risk],
  ["events", (session) => session.events],
  ["page_views", (session) => session.page_views],
  ["entry_page", (session) => session.entry_page],
  ["exit_page", (session) => session.exit_page],
  ["referrer", (session) => session.referrer],
  ["source", (session) => session.source],
  ["channel", (session) => session.channel],
  ["campaign", (session) => session.campaign],
  ["medium", (session) => session.medium],
  ["term", (session) => session.term],
  ["content", (session) => session.content],
  ["device", (session) => session.device_class],
  ["engaged_ms", (session) => session.engaged_ms],
  ["scroll_percent", (session) => session.scroll_percent],
  ["browser", (session) => session.browser],
  ["os", (session) => session.os],
  ["bot_name", (session) => session.bot_name],
  ["bot_kind", (session) => session.bot_kind],
  ["bot_proof", (session) => session.bot_proof],
];

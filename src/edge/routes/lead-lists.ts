import * as z from "zod";
import { rangeOf } from "../../core/api/analytics";
import { DeliveriesQuery, type DeliveryAnswer, LeadsQuery, LeadValuesQuery } from "../../core/api/leads";
import { listEvents } from "../../data/store/events";
import {
  deliveriesOfLead,
  findLead,
  type Lead,
  leadValues,
  listDeliveries,
  listLeads,
  listSubmissions,
} from "../../data/store/lead-list";
import { findSession } from "../../data/store/sessions";
import { invalidQuery, Problem } from "../../protocol/problem";
import { withArchived } from "../http/archived-page";
import { seesSite } from "../http/auth";
import { readCursor, writeCursor } from "../http/cursor";
import { type Columns, columnsOf } from "../http/export";
import { freshJson } from "../http/json";
import { keyed } from "../http/keyed";
import { answerList } from "../http/list";
import { readQuery } from "../http/query";
import { sessionIdOf } from "../http/session-actor";

/** Submits, deliveries and events shown with one lead. */
const LEAD_DETAIL_ROWS = 100;

const RowPlace = z.tuple([z.number(), z.string()]).transform(([created_at, id]) => ({ created_at, id }));

function periodOf(query: { from?: number | undefined; to?: number | undefined }) {
  const period = rangeOf(query, Date.now());
  if (period.from >= period.to) throw invalidQuery("from", "must be before to");
  return period;
}

const placeOf = (list: string, cursor: string | null) => readCursor(list, RowPlace, cursor ?? undefined);

const LEAD_FIELDS = [
  "lead_id",
  "site",
  "status",
  "created_at",
  "opened_at",
  "last_submission_at",
  "submissions",
  "name",
  "email",
  "email_class",
  "phone",
  "message",
  "project",
  "location",
  "team",
  "source",
  "keyword",
  "country_code",
  "fields",
  "session_id",
  "visitor_id",
  "label",
  "crm_id",
  "crm_at",
] as const satisfies readonly (keyof Lead)[];

const LEAD_COLUMNS: Columns<Lead> = [
  ...columnsOf<Lead>(LEAD_FIELDS),
  ["engagement", (lead) => lead.scores.engagement],
  ["bot", (lead) => lead.scores.bot],
  ["vpn", (lead) => lead.scores.vpn],
  ["risk", (lead) => lead.scores.risk],
];

/** `GET /analytics/leads` */
export const getLeads = keyed(async (context) => {
  const query = readQuery(LeadsQuery, context);
  const period = periodOf(query);
  return answerList(context, {
    name: "leads",
    columns: LEAD_COLUMNS,
    query,
    read: async (cursor, limit) => {
      const { leads, next } = await listLeads(context.env.DB, query, period, placeOf("leads", cursor), limit);
      return { rows: leads, next: next && writeCursor("leads", next.created_at, next.id) };
    },
  });
});

/** `GET /analytics/leads/:id`: the lead with its submits, its deliveries, and what its session did. */
export const getLead = keyed(async (context) => {
  const { env, params, caller } = context;
  const lead = await findLead(env.DB, sessionIdOf(params["id"], "not_found"));
  if (!lead || !seesSite(caller, lead.site)) throw new Problem("not_found", "There is no such lead.");
  const { lead_id, session_id } = lead;
  const [history, deliveries, session, rows] = await Promise.all([
    listSubmissions(env.DB, lead_id, LEAD_DETAIL_ROWS),
    deliveriesOfLead(env.DB, lead_id, LEAD_DETAIL_ROWS),
    session_id === null ? null : findSession(env.DB, session_id),
    session_id === null ? { events: [], next: null } : listEvents(env.DB, session_id, 0, LEAD_DETAIL_ROWS),
  ]);
  const { events } = await withArchived(context, session, rows, 0, LEAD_DETAIL_ROWS);
  const data = { ...lead, history, deliveries, session, events };
  return freshJson({ data });
});

const values = (column: "project" | "source") =>
  keyed(async (context) => {
    const query = readQuery(LeadValuesQuery, context);
    const rows = await leadValues(context.env.DB, column, query, periodOf(query));
    return answerList(context, {
      name: `lead-${column}s`,
      columns: columnsOf<(typeof rows)[number]>(["value", "leads", "last_at"]),
      query: { limit: rows.length },
      read: async () => ({ rows, next: null }),
    });
  });

/** `GET /analytics/leads/projects` */
export const getLeadProjects = values("project");

/** `GET /analytics/leads/sources` */
export const getLeadSources = values("source");

const DELIVERY_COLUMNS = columnsOf<DeliveryAnswer>([
  "delivery_id",
  "site",
  "lead_id",
  "endpoint_id",
  "type",
  "seq",
  "state",
  "attempts",
  "created_at",
  "updated_at",
  "next_at",
  "delivered_at",
  "status",
  "reason",
  "response",
]);

/** `GET /analytics/deliveries` */
export const getDeliveries = keyed(async (context) => {
  const query = readQuery(DeliveriesQuery, context);
  const period = periodOf(query);
  return answerList(context, {
    name: "deliveries",
    columns: DELIVERY_COLUMNS,
    query,
    read: async (cursor, limit) => {
      const place = placeOf("deliveries", cursor);
      const { deliveries, next } = await listDeliveries(context.env.DB, query, period, place, limit);
      return { rows: deliveries, next: next && writeCursor("deliveries", next.created_at, next.id) };
    },
  });
});

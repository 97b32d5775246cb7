import type { Head } from "../../core/session/head";
import type { Progress } from "../../core/session/progress";
import type { SessionState } from "../../core/session/state";
import { columns, summary } from "../../core/session/view";
import { writeDetail } from "./detail";

/** Many made-up sessions at once, straight into D1: for trying things out and for measuring, never for the Worker. */

export type SeedEvent = readonly [
  session_id: string,
  seq: number,
  number: number,
  at: number,
  event_type: string,
  page: string,
  element: string | null,
  detail: string | null,
];

const SESSION_COLUMNS = [
  ...["session_id", "site", "visitor_id", "fingerprint_id", "started_at", "last_event_at", "ended_at", "ip", "asn"],
  ...["country", "label", "engagement", "bot", "vpn", "risk", "events", "last_seq", "detail"],
];

const picked = (columnsOf: readonly string[], offset = 0): string =>
  columnsOf.map((_, i) => `value ->> ${i + offset}`).join(", ");

const INSERT_SESSIONS = `INSERT INTO sessions (${SESSION_COLUMNS.join(", ")})
  SELECT ${picked(SESSION_COLUMNS)} FROM json_each(?) WHERE TRUE ON CONFLICT DO NOTHING`;

const INSERT_EVENTS = `
  INSERT INTO events (session_id, seq, stream, number, at, received_at, event_type, page, element, detail)
  WITH rows AS MATERIALIZED (SELECT value AS row FROM json_each(?))
  SELECT row ->> 0, row ->> 1, 'seed', row ->> 2, row ->> 3, row ->> 3, row ->> 4, row ->> 5, row ->> 6, row ->> 7
  FROM rows WHERE TRUE ON CONFLICT DO NOTHING`;

const INSERT_LEADS = `
  INSERT INTO leads (lead_id, site, status, created_at, opened_at, last_submission_at, submissions, email, session_id,
                     visitor_id, label, fields, evidence)
  SELECT value ->> 0, value ->> 1, 'open', value ->> 2, value ->> 2, value ->> 2, 1, value ->> 3, value ->> 4,
         value ->> 5, value ->> 6, '{}', '[]'
  FROM json_each(?) WHERE TRUE ON CONFLICT DO NOTHING`;

const INSERT_CONVERSIONS = `
  INSERT INTO lead_conversions (at, submission_id, site, session_id, label)
  SELECT value ->> 2, value ->> 0, value ->> 1, value ->> 4, value ->> 6
  FROM json_each(?) WHERE TRUE ON CONFLICT DO NOTHING`;

/** A session's row as its actor would write it. */
export function seedRow(head: Head, state: SessionState, progress: Progress): unknown[] {
  const { scores, events, last_seq, ...row } = columns(head, state);
  return [
    ...[row.session_id, row.site, row.visitor_id, row.fingerprint_id, row.started_at, row.last_event_at, row.ended_at],
    ...[row.ip, row.asn, row.country, row.label, scores.engagement, scores.bot, scores.vpn, scores.risk],
    ...[events, last_seq, writeDetail(summary(head, state, progress), { ...row, ...scores, last_seq })],
  ];
}

export interface Seeds {
  sessions: unknown[][];
  events: SeedEvent[];
  leads: unknown[][];
}

/** The same as three JSON lists. */
export type SeedTexts = Readonly<Record<keyof Seeds, string>>;

/** One transaction. Repeating it changes nothing. */
export const insertSeeds = (db: D1Database, { sessions, events, leads }: SeedTexts): Promise<unknown> =>
  db.batch([
    db.prepare(INSERT_SESSIONS).bind(sessions),
    db.prepare(INSERT_EVENTS).bind(events),
    db.prepare(INSERT_LEADS).bind(leads),
    db.prepare(INSERT_CONVERSIONS).bind(leads),
  ]);

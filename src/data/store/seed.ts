import type { SessionState } from "../../core/session/fold/state";
import type { Head } from "../../core/session/head";
import type { Progress } from "../../core/session/progress";
import { SESSION_COLUMN_NAMES, valuesOf } from "./session-row/columns";
import { sessionRow } from "./session-row/row";

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

const INSERT_SESSIONS = `INSERT INTO sessions (${SESSION_COLUMN_NAMES.join(", ")})
  SELECT ${SESSION_COLUMN_NAMES.map((_, i) => `value ->> ${i}`).join(", ")} FROM json_each(?) WHERE TRUE
  ON CONFLICT DO NOTHING`;

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
export const seedRow = (head: Head, state: SessionState, progress: Progress): unknown[] =>
  valuesOf(sessionRow(head, state, progress).columns);

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

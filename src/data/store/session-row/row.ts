import type { SessionState } from "../../../core/session/fold/state";
import { type Head, identityMark } from "../../../core/session/head";
import type { Progress } from "../../../core/session/progress";
import { columns, summary } from "../../../core/session/view";
import { type SessionColumns, UPSERT, valuesOf } from "./columns";
import { withQuarantined, writeDetail } from "./write";

/** A session's row as of a plan's end, made before the first await: what happens meanwhile is not in it. */
export interface SessionRow {
  columns: SessionColumns;
  sets: keyof typeof UPSERT;
}

export function sessionRow(head: Head, state: SessionState, progress: Progress): SessionRow {
  const { scores, ...queried } = columns(head, state);
  const row = { ...queried, ...scores };
  const detail = writeDetail(summary(head, state, progress), row);
  return { columns: { ...row, detail }, sets: setsOf(head, progress) };
}

function setsOf(head: Head, { identity_in_d1 }: Progress): SessionRow["sets"] {
  if (identity_in_d1 === null) return "whole";
  const mark = identityMark(head);
  // Nobody (0) is written each time, because D1 is never assumed to name nobody already.
  return mark !== 0 && identity_in_d1 === mark ? "same" : "identity";
}

/** `quarantined`: events of this plan that D1 refused, on top of those before. */
export function upsertSession(db: D1Database, row: SessionRow, quarantined: number): D1PreparedStatement {
  const detail = withQuarantined(row.columns.detail, quarantined);
  return db.prepare(UPSERT[row.sets]).bind(...valuesOf({ ...row.columns, detail }));
}

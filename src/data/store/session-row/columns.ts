import type { Scores } from "../../../core/scoring/ledger";

/** A row of D1's `sessions`, under the names the API gives its columns. */
export interface SessionColumns extends Scores {
  session_id: string;
  site: string;
  visitor_id: string | null;
  fingerprint_id: string | null;
  started_at: number;
  last_event_at: number;
  ended_at: number | null;
  ip: string | null;
  asn: number | null;
  country: string | null;
  label: string | null;
  events: number;
  last_seq: number;
  /** The rest of the session's summary (write.ts). */
  detail: string;
}

/**
 * Which writes set a column of a row that is there already. `first`: those of a session whose row D1 is not known to have.
 * `identity`: those whose identity may differ from the row's. `every`: all. `key`: none.
 */
type SetBy = "key" | "first" | "identity" | "every";

/** Every column, in the order of the statement's parameters. */
const COLUMNS: Record<keyof SessionColumns, SetBy> = {
  session_id: "key",
  site: "first",
  visitor_id: "identity",
  fingerprint_id: "identity",
  started_at: "first",
  last_event_at: "every",
  ended_at: "every",
  ip: "identity",
  asn: "identity",
  country: "every",
  label: "every",
  engagement: "every",
  bot: "every",
  vpn: "every",
  risk: "every",
  events: "every",
  last_seq: "every",
  detail: "every",
};
/** In the order of `valuesOf`. */
export const SESSION_COLUMN_NAMES = Object.keys(COLUMNS) as (keyof SessionColumns)[];

/**
 * Guarded by `last_seq`: a write that stalled in D1 and lands late changes nothing. An indexed column is only named when it
 * may differ from the row's: SQLite rewrites, and D1 bills, an index entry whenever a SET names its column.
 */
const upsert = (...setBy: SetBy[]): string => `
  INSERT INTO sessions (${SESSION_COLUMN_NAMES.join(", ")})
  VALUES (${SESSION_COLUMN_NAMES.map((_, i) => `?${i + 1}`).join(", ")})
  ON CONFLICT (session_id) DO UPDATE SET
    ${SESSION_COLUMN_NAMES.filter((name) => setBy.includes(COLUMNS[name]))
      .map((name) => `${name} = excluded.${name}`)
      .join(", ")}
  WHERE excluded.last_seq > sessions.last_seq`;

/** What a write sets: `same` only what every write sets, `identity` also what names the visitor, `whole` everything. */
export const UPSERT = {
  same: upsert("every"),
  identity: upsert("identity", "every"),
  whole: upsert("first", "identity", "every"),
} as const;

/** The parameters of `UPSERT`. */
export const valuesOf = (row: SessionColumns): (string | number | null)[] =>
  SESSION_COLUMN_NAMES.map((name) => row[name]);

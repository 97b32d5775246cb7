import type { DayRow, HourRow } from "../../core/rollup/build";
import type { Dimension, NONE, Part } from "../../core/rollup/session-facts";
import { DAY_MS, HOUR_MS } from "../../time";
import { piecesOf } from "./pieces";

/**
 * The rollup tables. A period is valid if it is closed and unmarked. Every change to a session marks its periods in the same
 * transaction (triggers of migration 005), and a rollup is written only while the mark is still the one that it was made for. So at
 * every moment a period either says what its rows say, or is marked.
 */

export type Grain = "hour" | "day";

export interface RollupState {
  hours_through: number;
  days_through: number;
  /** Sessions begun before this have lost their rows to retention; their rollups stay. */
  floor: number;
  /** Days before this have no rows for ranges of a score's bands. */
  ranged_from: number;
}

export interface RollupMark {
  grain: Grain;
  period: number;
  /** 0: new, never rolled up. Rises with each change. */
  version: number;
}

const STATE = "SELECT hours_through, days_through, floor, ranged_from FROM rollup_state";
const MARKS = `SELECT grain, period, version FROM rollup_marks
  WHERE (grain = 'hour' AND period >= ?1 AND period < ?2) OR (grain = 'day' AND period >= ?1 AND period < ?2)`;

/** The oldest time among sessions, conversions and rollups. */
const OLDEST = `SELECT (SELECT min(started_at) FROM sessions) AS row, (SELECT min(at) FROM lead_conversions) AS lead,
  (SELECT min(day) FROM rollup_days) AS day`;

/** The statements that say which rollups of [from, to) may be used. They belong in the batch that reads those rollups. */
export const usableStatements = (db: D1Database, from: number, to: number): D1PreparedStatement[] => [
  db.prepare(STATE),
  db.prepare(MARKS).bind(from, to),
  db.prepare(OLDEST),
];
export const USABLE_STATEMENTS = 3;

export interface Usable extends RollupState {
  marks: RollupMark[];
  /** When the oldest session, conversion or rolled-up day began, epoch ms; null if there is none. */
  oldest: number | null;
}

const NOTHING: RollupState = { hours_through: 0, days_through: 0, floor: 0, ranged_from: 0 };

/** The results of `usableStatements`. */
export function readUsable([state, marks, oldest]: D1Result[]): Usable {
  const starts = (oldest?.results[0] ?? {}) as Record<"row" | "lead" | "day", number | null>;
  const known = Object.values(starts).filter((time) => time !== null);
  return {
    ...((state?.results[0] as RollupState | undefined) ?? NOTHING),
    marks: (marks?.results ?? []) as RollupMark[],
    oldest: known.length > 0 ? Math.min(...known) : null,
  };
}

export const readState = async (db: D1Database): Promise<RollupState> =>
  (await db.prepare(STATE).first<RollupState>()) ?? NOTHING;

/** When the first session at or after `from` began, or the first lead came in, epoch ms; null if there is none. */
export const nextStart = async (db: D1Database, from: number): Promise<number | null> =>
  (
    await db
      .prepare(
        `SELECT min(at) AS at FROM (SELECT min(started_at) AS at FROM sessions WHERE started_at >= ?1
         UNION ALL SELECT min(at) FROM lead_conversions WHERE at >= ?1)`,
      )
      .bind(from)
      .first<{ at: number | null }>()
  )?.at ?? null;

const SIZES = { hour: HOUR_MS, day: DAY_MS } as const;
const THROUGH = { hour: "hours_through", day: "days_through" } as const;

/** Closes [from, to): from now on a change to a session in it marks its period. All of them are marked as new. */
export async function closePeriods(db: D1Database, grain: Grain, from: number, to: number): Promise<void> {
  const size = SIZES[grain];
  await db.batch([
    db
      .prepare(
        `INSERT INTO rollup_marks (grain, period, version)
         SELECT ?1, started_at / ${size} * ${size}, 0 FROM sessions WHERE started_at >= ?2 AND started_at < ?3
         UNION SELECT ?1, at / ${size} * ${size}, 0 FROM lead_conversions WHERE at >= ?2 AND at < ?3
         ON CONFLICT (grain, period) DO NOTHING`,
      )
      .bind(grain, from, to),
    db.prepare(`UPDATE rollup_state SET ${THROUGH[grain]} = max(${THROUGH[grain]}, ?)`).bind(to),
  ]);
}

/** Marked periods, oldest first: all of them, or only those never rolled up. */
export async function listMarks(db: D1Database, grain: Grain, newOnly: boolean, limit: number): Promise<RollupMark[]> {
  const { results } = await db
    .prepare(
      `SELECT grain, period, version FROM rollup_marks
       WHERE grain = ? AND period >= (SELECT floor FROM rollup_state) ${newOnly ? "AND version = 0" : ""}
       ORDER BY period LIMIT ?`,
    )
    .bind(grain, limit)
    .all<RollupMark>();
  return results;
}

const STILL = "(SELECT version FROM rollup_marks WHERE grain = ?1 AND period = ?2) = ?3";

/**
 * `parts` is stored in SQLite's binary form: a question wants one breakdown of a dozen, and from text all of a row's dozen would be
 * parsed for it. Older rows are text, and are read in the same way.
 */
const INSERT = {
  hour: `INSERT INTO rollup_hours (hour, is_bot, site, totals, sketch, parts)
    WITH rows AS MATERIALIZED (SELECT value AS entry FROM json_each(?4))
    SELECT ?2, entry ->> 'is_bot', entry ->> 'site', entry ->> 'totals', entry ->> 'sketch', jsonb(entry ->> 'parts')
    FROM rows WHERE ${STILL}`,
  day: `INSERT INTO rollup_days (day, dimension, value, is_bot, site, totals, sketch, hours, parts, overflow)
    WITH rows AS MATERIALIZED (SELECT value AS entry FROM json_each(?4))
    SELECT ?2, entry ->> 'dimension', entry ->> 'value', entry ->> 'is_bot', entry ->> 'site', entry ->> 'totals',
           entry ->> 'sketch', entry ->> 'hours', jsonb(entry ->> 'parts'), entry ->> 'overflow'
    FROM rows WHERE ${STILL}`,
};
const DELETE = {
  hour: `DELETE FROM rollup_hours WHERE hour = ?2 AND ${STILL}`,
  day: `DELETE FROM rollup_days WHERE day = ?2 AND ${STILL}`,
};

export interface Rollup {
  mark: RollupMark;
  rows: readonly (HourRow | DayRow)[];
}

/**
 * Writes the rollups of some periods and removes their marks. If a period's mark is no longer the one that its rollup was made for,
 * nothing of that period changes. One transaction: whatever dies, a period is marked or right. Returns how many were written.
 */
export async function writeRollups(db: D1Database, rollups: readonly Rollup[]): Promise<number> {
  const writing = rollups.flatMap(({ mark: { grain, period, version }, rows }) => [
    db.prepare(DELETE[grain]).bind(grain, period, version),
    ...piecesOf(rows).map((piece) => db.prepare(INSERT[grain]).bind(grain, period, version, piece)),
  ]);
  const unmarking = rollups.map(({ mark: { grain, period, version } }) =>
    db.prepare(UNMARK).bind(grain, period, version),
  );
  const results = await db.batch([...writing, ...unmarking]);
  return results.slice(writing.length).filter(({ meta }) => meta.changes > 0).length;
}

const UNMARK = "DELETE FROM rollup_marks WHERE grain = ? AND period = ? AND version = ?";

/** What to read of each rollup row. */
export interface WantedPeriod {
  parts: readonly Part[];
  /** The classes whose sketches are wanted: 0 people, 1 bots. */
  sketch: readonly (0 | 1)[];
  hours: boolean;
}

export interface RolledRow {
  /** The period's start. */
  period: number;
  is_bot: 0 | 1;
  site: string;
  /** The value of its dimension; null for an hour. */
  value: string | null;
  totals: string;
  sketch: string | null;
  hours: string | null;
  parts: string | null;
}

const columns = ({ parts, sketch, hours }: WantedPeriod, grain: Grain): string => {
  const picked = parts.map((part) => `'${part}', r.parts -> '$.${part}'`).join(", ");
  return `r.is_bot, r.site, r.totals, CASE WHEN r.is_bot IN (${sketch.join(", ")}) THEN r.sketch END AS sketch,
    ${hours && grain === "day" ? "r.hours" : "NULL AS hours"}, ${grain === "day" ? "r.value" : "NULL AS value"},
    ${parts.length > 0 ? `json_object(${picked})` : "NULL"} AS parts`;
};

const ofSite = (site: string | undefined): string => (site === undefined ? "" : "AND r.site = ?");

/** The rows of some hours. */
export const hourRows = (
  db: D1Database,
  hours: readonly number[],
  site: string | undefined,
  wanted: WantedPeriod,
): D1PreparedStatement =>
  db
    .prepare(
      `SELECT r.hour AS period, ${columns(wanted, "hour")}
       FROM json_each(?) AS p CROSS JOIN rollup_hours AS r WHERE r.hour = p.value ${ofSite(site)}`,
    )
    .bind(JSON.stringify(hours), ...(site === undefined ? [] : [site]));

/** A slice: all sessions, or those with one of some values of a dimension. */
export interface Chosen {
  dimension: Dimension | typeof NONE;
  values: readonly string[];
  /** The value whose row counts the visitors of all `values`; null if none does. */
  crowd: string | null;
}

/** The rows of some days of one slice, and, if hours are wanted, those that count its visitors. */
export const dayRows = (
  db: D1Database,
  days: readonly number[],
  { dimension, values, crowd }: Chosen,
  site: string | undefined,
  wanted: WantedPeriod,
): D1PreparedStatement => {
  const asked = JSON.stringify([...new Set([...values, ...(wanted.hours && crowd !== null ? [crowd] : [])])]);
  // Several values are neighbouring bands: one look-up a day finds them, where `value IN` would look up each. Ranges that sort
  // between them (`3-`, `4+`) are left out.
  return db
    .prepare(
      `SELECT r.day AS period, ${columns(wanted, "day")}
       FROM json_each(?1) AS p CROSS JOIN rollup_days AS r
       WHERE r.day = p.value AND r.dimension = ?2
         AND r.value >= (SELECT min(value) FROM json_each(?3)) AND r.value <= (SELECT max(value) FROM json_each(?3))
         AND +r.value IN (SELECT value FROM json_each(?3)) ${ofSite(site)}`,
    )
    .bind(JSON.stringify(days), dimension, asked, ...(site === undefined ? [] : [site]));
};

/** The days and sites on which a dimension has more values than rows. */
export const overflowRows = (
  db: D1Database,
  days: readonly number[],
  dimension: Dimension,
  site: string | undefined,
): D1PreparedStatement =>
  db
    .prepare(
      `SELECT r.day AS period, r.site FROM json_each(?) AS p CROSS JOIN rollup_days AS r
       WHERE r.day = p.value AND r.overflow IS NOT NULL AND r.overflow LIKE ? ${ofSite(site)}`,
    )
    .bind(JSON.stringify(days), `%"${dimension}"%`, ...(site === undefined ? [] : [site]));

/**
 * Called by retention before it deletes rows. Returns a time, epoch ms: sessions begun before it may be deleted, and the rollups of
 * their days stay as they are. It is not later than `wanted`, than the end of what is rolled up (if anything ever was), or than a
 * marked period.
 */
export async function freezeRollups(db: D1Database, wanted: number): Promise<number> {
  const day = Math.floor(wanted / SIZES.day) * SIZES.day;
  await db
    .prepare(
      `UPDATE rollup_state SET floor = max(floor, min(?1, iif(days_through > 0, days_through, ?1),
         coalesce((SELECT min(period) / ${SIZES.day} * ${SIZES.day} FROM rollup_marks), ?1)))`,
    )
    .bind(day)
    .run();
  return (await readState(db)).floor;
}

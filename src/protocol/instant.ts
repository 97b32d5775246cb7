/** Instants in queries. Pure. */

/**
 * The last millisecond of 30 December 9999. Later instants would have a year of five digits in some time zones, which ISO 8601 does
 * not write.
 */
const LAST = Date.UTC(9999, 11, 30, 23, 59, 59, 999);

/** Epoch milliseconds, with no more digits than `LAST` has. */
const DIGITS = /^\d{1,15}$/;

// Date.parse alone accepts much that is not ISO 8601: it reads "hello 1" as the year 2001.
const ISO_8601 =
  /^(\d{4}-\d{2}-\d{2})(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)?)?$/;

/** Whether `YYYY-MM-DD` is a calendar day. Date.parse alone reads 30 February as 2 March. */
export function isCalendarDay(day: string): boolean {
  const time = Date.parse(day);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(day);
}

/** Reads epoch milliseconds or ISO 8601, from 1970 to 9999, as epoch milliseconds. Null for anything else. */
export function readInstant(text: string): number | null {
  const time = DIGITS.test(text) ? Number(text) : readIso(text);
  return time !== null && time >= 0 && time <= LAST ? time : null;
}

function readIso(text: string): number | null {
  const [, day] = ISO_8601.exec(text) ?? [];
  return day !== undefined && isCalendarDay(day) ? Date.parse(text) : null;
}

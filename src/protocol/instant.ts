/** Instants as queries write them. Pure. */

/**
 * The last millisecond of 30 December 9999: so that its day has four digits for the year in every time zone, as ISO 8601 writes
 * it. A `Date` holds more, local days of it do not.
 */
const LAST = Date.UTC(9999, 11, 30, 23, 59, 59, 999);

/** Epoch milliseconds: no more digits than `LAST` has. */
const DIGITS = /^\d{1,15}$/;

// Date.parse alone takes much that is no ISO 8601: "hello 1" is the year 2001 to it.
const ISO_8601 =
  /^(\d{4}-\d{2}-\d{2})(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)?)?$/;

/** Whether `YYYY-MM-DD` is a day of the calendar. Date.parse reads 30 February as 2 March. */
export function isCalendarDay(day: string): boolean {
  const time = Date.parse(day);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(day);
}

/** Epoch milliseconds or ISO 8601, from 1970 to 9999, as epoch milliseconds; null for anything else. */
export function readInstant(text: string): number | null {
  const time = DIGITS.test(text) ? Number(text) : readIso(text);
  return time !== null && time >= 0 && time <= LAST ? time : null;
}

function readIso(text: string): number | null {
  const [, day] = ISO_8601.exec(text) ?? [];
  return day !== undefined && isCalendarDay(day) ? Date.parse(text) : null;
}

import { DAY_MS, HOUR_MS } from "../time";

/** Local days, which have 23, 24 or 25 hours where clocks change. Pure. */

export const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== null;
  } catch {
    return false;
  }
};

/** From `from` to before `to`, epoch ms. */
export interface LocalDay {
  from: number;
  to: number;
  /** YYYY-MM-DD */
  date: string;
}

/** Reads the local date of an instant, as YYYY-MM-DD. */
function dateReader(zone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return (at) => format.format(at);
}

const utcDate = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The local days in [from, to). The first and the last are cut to it. */
export function localDays({ from, to }: Pick<LocalDay, "from" | "to">, zone: string): LocalDay[] {
  const dateOf = zone === "UTC" ? utcDate : dateReader(zone);
  const days: LocalDay[] = [];
  for (let at = from; at < to; ) {
    const date = dateOf(at);
    const end = zone === "UTC" ? (Math.floor(at / DAY_MS) + 1) * DAY_MS : endOfDay(at, date, dateOf);
    days.push({ date, from: at, to: Math.min(end, to) });
    at = end;
  }
  return days;
}

/** The first instant after `at` with another date, by bisection. */
function endOfDay(at: number, date: string, dateOf: (at: number) => string): number {
  // Every zone changes its date at a whole quarter of an hour of UTC.
  const QUARTER = HOUR_MS / 4;
  let low = Math.floor(at / QUARTER);
  let high = low + (26 * HOUR_MS) / QUARTER;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (dateOf(middle * QUARTER) === date) low = middle;
    else high = middle;
  }
  return high * QUARTER;
}

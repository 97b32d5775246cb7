const MINUTE = 60_000;
/** A formatter takes a tenth of a millisecond to make, and most visitors are in a few zones. */
const MAX_ZONES = 512;
const formatters = new Map<string, Intl.DateTimeFormat | null>();

function formatterOf(zone: string): Intl.DateTimeFormat | null {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  let formatter: Intl.DateTimeFormat | null = null;
  try {
    const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
    formatter = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", ...parts });
  } catch {
    // No such zone: a client may name anything.
  }
  if (formatters.size >= MAX_ZONES) formatters.clear();
  formatters.set(zone, formatter);
  return formatter;
}

/** Minutes a zone is ahead of UTC at `at` (epoch ms); null for a name that is no zone. */
export function offsetOf(zone: string, at: number): number | null {
  const formatter = formatterOf(zone);
  if (!formatter) return null;
  const part = Object.fromEntries(formatter.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = part;
  const local = Date.UTC(year, month - 1, day, hour, minute);
  return Math.round((local - Math.floor(at / MINUTE) * MINUTE) / MINUTE);
}

/** Minutes between the clocks of two zones at `at`, 0 to 720; null when one is not known. */
export function zoneGap(a: string | null | undefined, b: string | null | undefined, at: number): number | null {
  if (!a || !b) return null;
  const [one, other] = [offsetOf(a, at), offsetOf(b, at)];
  if (one === null || other === null) return null;
  const gap = Math.abs(one - other);
  return Math.min(gap, 24 * 60 - gap);
}

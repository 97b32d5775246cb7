/** Numbers, times and sizes as people read them, in the viewer's language and zone. */

const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
const percentage = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });
const signed = new Intl.NumberFormat(undefined, {
  style: "percent",
  maximumFractionDigits: 0,
  signDisplay: "exceptZero",
});
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const far = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const regions = new Intl.DisplayNames(undefined, { type: "region" });

export const NOTHING = "–";

export const count = (value: number | null | undefined): string => (value == null ? NOTHING : whole.format(value));
export const compact = (value: number | null | undefined): string =>
  value == null ? NOTHING : value < 10_000 ? whole.format(value) : short.format(value);
/** A share of 1 as a percentage. */
export const percent = (share: number | null | undefined): string =>
  share == null ? NOTHING : percentage.format(share);

/** The change since before, as a percentage; null if there is nothing to compare with. */
export const change = (now: number | null, before: number | null): string | null =>
  now === null || before === null || before === 0 ? null : signed.format(now / before - 1);

/** `1 h 12 min`, `3 min 20 s`, `8.4 s`, `120 ms`. */
export function duration(ms: number | null | undefined): string {
  if (ms == null) return NOTHING;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1_440)} days`;
}

/** `2:05.3`: minutes, seconds and tenths since a start. */
export function clock(ms: number): string {
  const tenths = Math.max(0, Math.round(ms / 100));
  const [minutes, rest] = [Math.floor(tenths / 600), tenths % 600];
  return `${minutes}:${String(Math.floor(rest / 10)).padStart(2, "0")}.${rest % 10}`;
}

export function bytes(size: number | null | undefined): string {
  if (size == null) return NOTHING;
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = size;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

export const absoluteTime = (at: number): string => absolute.format(at);

/** A time of the last 12 hours in words, an older one as a date. */
export function relativeTime(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1_000);
  const distance = Math.abs(seconds);
  if (distance < 60) return relative.format(seconds, "second");
  if (distance < 3_600) return relative.format(Math.trunc(seconds / 60), "minute");
  if (distance < 12 * 3_600) return relative.format(Math.trunc(seconds / 3_600), "hour");
  return far.format(at);
}

/** A country's name by its code; anything else is returned as it is. */
export function country(code: string | null | undefined): string {
  if (!code) return "Unknown";
  if (code === "T1") return "Tor";
  try {
    return regions.of(code) ?? code;
  } catch {
    return code;
  }
}

/** A page's URL without its scheme. */
export function pagePath(page: string): string {
  if (!URL.canParse(page)) return page;
  const { host, pathname, search, hash } = new URL(page);
  return `${host}${pathname}${search}${hash}`;
}

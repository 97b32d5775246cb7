import { ENGAGED_GAP_MS, MAX_ATTENTION_SPANS } from "../limits";

/**
 * When a visitor attended to the site. Each act on a page in view counts from its own time on, for at most 15 s; it stops
 * counting as the page is hidden or left, and at the session's last act. Time that several acts count for, on one page or on
 * several, counts once. So the sum does not depend on what else is in the log, nor on the order in which pages deliver.
 */
export interface Attention {
  /** Attended spans [from, to), epoch ms, rising, with time between them: the newest 16. */
  spans: Span[];
  /** Length of the spans before those, ms, and the end of the last of them: nothing earlier is added any more. */
  earlier_ms: number;
  earlier_to: number;
  /** By stream, the time of the newest act on its page, epoch ms; null: that page is out of view. */
  pages: Record<string, number | null>;
}

type Span = [from: number, to: number];

export const newAttention = (): Attention => ({ spans: [], earlier_ms: 0, earlier_to: 0, pages: {} });

/** What an act says of its page. */
export interface Sight {
  /** The page is hidden or left with this act, or comes into view; null: it stays as it is. */
  change: "hidden" | "visible" | null;
  /** With `hidden`, how long the page says it was in view, ms; null where it says nothing. */
  in_view_ms: number | null;
}

/** Stands for the page of a sender that numbers nothing: no stream has this name. */
const UNNUMBERED = "";

/** Counts an act on the page of `stream` at `at` (epoch ms, not before `started_at`). Changes `attention`. */
export function attend(
  attention: Attention,
  stream: string | null,
  at: number,
  { change, in_view_ms }: Sight,
  started_at: number,
): void {
  const { pages } = attention;
  const page = stream ?? UNNUMBERED;
  const before = Object.hasOwn(pages, page) ? pages[page] : undefined;
  if (typeof before === "number" && before > at) {
    // It fills a gap in its stream: what comes after it is there already.
    if (change !== "hidden") addSpan(attention, spanOf(at, before));
    return;
  }
  const in_view_since = in_view_ms === null ? null : Math.max(started_at, at - in_view_ms);
  // Of a page that is out of view, nothing counts; of one that is new, only what it says of itself.
  const since = before === undefined ? in_view_since : before && Math.max(before, in_view_since ?? before);
  if (since !== null) addSpan(attention, spanOf(since, at));
  if (change === "hidden") pages[page] = null;
  else if (before !== null || change === "visible") pages[page] = at;
}

/** What an act counts for, up to the next, or the session's last. */
const spanOf = (acted_at: number, until: number): Span => [acted_at, Math.min(until, acted_at + ENGAGED_GAP_MS)];

/** Attended time, ms, of a session whose last act was at `last_at` (epoch ms). */
export function attendedMs(attention: Attention, last_at: number): number {
  let whole = attention;
  for (const acted_at of Object.values(attention.pages)) {
    if (acted_at === null || acted_at >= last_at) continue;
    // On this page nothing came after it, on another something did.
    if (whole === attention) whole = { ...attention, spans: attention.spans.map(([from, to]) => [from, to]) };
    addSpan(whole, spanOf(acted_at, last_at));
  }
  return whole.spans.reduce((sum, [from, to]) => sum + to - from, whole.earlier_ms);
}

function addSpan(attention: Attention, [from, to]: Span): void {
  let low = Math.max(from, attention.earlier_to);
  let high = to;
  if (low >= high) return;
  const { spans } = attention;
  // Mostly it is the newest that goes on.
  let place = spans.length;
  while (place > 0 && (spans[place - 1]?.[1] ?? 0) >= low) place -= 1;
  let end = place;
  while (end < spans.length && (spans[end]?.[0] ?? 0) <= high) {
    const [a, b] = spans[end] ?? [low, high];
    low = Math.min(low, a);
    high = Math.max(high, b);
    end += 1;
  }
  spans.splice(place, end - place, [low, high]);
  if (spans.length <= MAX_ATTENTION_SPANS) return;
  const [oldest] = spans.splice(0, 1);
  if (!oldest) return;
  attention.earlier_ms += oldest[1] - oldest[0];
  attention.earlier_to = oldest[1];
}

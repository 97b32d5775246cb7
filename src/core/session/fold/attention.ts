import { SECOND_MS } from "../../../time";

/** An act on a page in view counts as attention for this long: a slow reader moves, scrolls or clicks more often than that. */
export const ENGAGED_GAP_MS = 15 * SECOND_MS;
/** Spans of attention kept apart, so that a page that delivers late can fill the time between. Of earlier ones the sum is kept. */
export const MAX_ATTENTION_SPANS = 16;

/**
 * When a visitor attended to the site. Each act on a page in view counts from its own time on, for at most 15 s. It stops counting
 * when the page is hidden or left, and at the session's last act. Time that several acts count for counts once, so the sum does
 * not depend on the order in which pages deliver. An act that fills a gap in its stream counts up to the newest act on its page,
 * even if the page was hidden between: at most 15 s too much.
 */
export interface Attention {
  /** Attended spans [from, to), epoch ms, rising, with time between them: the newest 16. */
  spans: Span[];
  /** Length of the spans before those, ms, and the end of the last of them: nothing earlier is added any more. */
  earlier_ms: number;
  earlier_to: number;
  /** By stream, the newest act on its page. */
  pages: Record<string, PageAttention>;
}

interface PageAttention {
  /** Epoch ms. */
  acted_at: number;
  /** Set if that act hid or left it. */
  hidden?: true;
}

type Span = [from: number, to: number];

export const newAttention = (): Attention => ({ spans: [], earlier_ms: 0, earlier_to: 0, pages: {} });

/** What an act says about its page being in view. */
export interface Sight {
  /** The page is hidden or left with this act, or comes into view; null: it stays as it is. */
  change: "hidden" | "visible" | null;
  /** With `hidden`, how long the page says it was in view, ms; null where it says nothing. */
  in_view_ms: number | null;
}

/** Stands in place of a stream for a sender that does not number its events. No stream has this name. */
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
  const name = stream ?? UNNUMBERED;
  const before = Object.hasOwn(pages, name) ? pages[name] : undefined;
  if (before && before.acted_at > at) {
    // It fills a gap in its stream: later acts are counted already. Whether the page was hidden between is not known.
    if (change !== "hidden") addSpan(attention, at, before.acted_at);
    return;
  }
  const in_view_since = in_view_ms === null ? null : Math.max(started_at, at - in_view_ms);
  if (!before?.hidden) {
    // A new page counts only the time that it says it was in view.
    const since = before ? Math.max(before.acted_at, in_view_since ?? 0) : in_view_since;
    if (since !== null) addSpan(attention, since, at);
  }
  if (change === "hidden") pages[name] = { acted_at: at, hidden: true };
  else if (!before || change === "visible") pages[name] = { acted_at: at };
  // Most acts are on a known page: change it in place, without a new object.
  else if (!before.hidden) before.acted_at = at;
}

/** Attended time, ms, of a session whose last act was at `last_at` (epoch ms). */
export function attendedMs(attention: Attention, last_at: number): number {
  const { pages } = attention;
  let whole = attention;
  for (const name in pages) {
    const page = pages[name];
    if (!page || page.hidden || page.acted_at >= last_at) continue;
    // The page's last act counts on, up to an act on another page. Copy first: the state is not changed here.
    if (whole === attention) whole = { ...attention, spans: attention.spans.map(([from, to]) => [from, to]) };
    addSpan(whole, page.acted_at, last_at);
  }
  const { spans } = whole;
  let sum = whole.earlier_ms;
  for (let i = 0; i < spans.length; i++) {
    const span = spans[i];
    if (span) sum += span[1] - span[0];
  }
  return sum;
}

/** Adds the span that an act counts for. `until`: the next act on its page, or the session's last act. */
function addSpan(attention: Attention, acted_at: number, until: number): void {
  let low = Math.max(acted_at, attention.earlier_to);
  let high = Math.min(until, acted_at + ENGAGED_GAP_MS);
  if (low >= high) return;
  const { spans } = attention;
  const newest = spans[spans.length - 1];
  // Mostly the newest span just goes on.
  if (newest && newest[0] <= low && low <= newest[1]) {
    newest[1] = Math.max(newest[1], high);
    return;
  }
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

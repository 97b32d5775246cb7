import { TRAIL_POINTS } from "../limits";
import { lastAt, type Point, type Sheet } from "./scene";

/** The visible part of a page at a moment. */
export interface Seen {
  /** The upper edge of what is shown, CSS pixels from the top of the page. */
  top: number;
  width: number;
  height: number;
  cursor: Point | null;
  /** Where the cursor came from, oldest first. */
  trail: Point[];
  /** How far the page is scrolled, percent; null before the first scroll event. */
  scrolled: number | null;
}

/** Between two points at most this far apart the cursor is drawn moving; after a longer gap it had rested. */
const BETWEEN_MS = 400;
const TRAIL_MS = 2_500;

/** Where the cursor is between two points of its path. */
function cursorAt(points: readonly Point[], index: number, at: number): Point | null {
  const [before, after] = [points[index], points[index + 1]];
  if (!before) return null;
  if (!after || after.at - before.at > BETWEEN_MS || after.at === before.at) return before;
  const part = (at - before.at) / (after.at - before.at);
  return { at, x: before.x + (after.x - before.x) * part, y: before.y + (after.y - before.y) * part };
}

/** The upper edge that keeps the cursor in view: events have the cursor's place on the page, but not in the window. */
function topAt(points: readonly Point[], index: number, height: number): number {
  let top = 0;
  for (let i = 0; i <= index; i++) {
    const y = points[i]?.y ?? 0;
    if (y < top) top = Math.max(0, y - height * 0.3);
    else if (y > top + height) top = y - height * 0.7;
  }
  return Math.round(top);
}

export function seenAt(sheet: Sheet, screen: { width: number; height: number }, at: number): Seen {
  const { points, scrolls } = sheet;
  const index = lastAt(points, at);
  const { height } = screen;
  const width = points.reduce((most, { x }) => Math.max(most, x + 20), screen.width);
  const trail = points.slice(Math.max(0, index + 1 - TRAIL_POINTS), index + 1).filter((one) => at - one.at < TRAIL_MS);
  return {
    top: topAt(points, index, height),
    width,
    height,
    trail,
    cursor: cursorAt(points, index, at),
    scrolled: scrolls[lastAt(scrolls, at)]?.percent ?? null,
  };
}

import type { TrailingSlash } from "../../../protocol/values";
import { pageName } from "../../sources/page";
import { MAX_PAGES, MAX_PAGES_UNITS } from "./limits";

/** Page views by page (`pageName`). */
export type Views = Record<string, number>;

/** Stands for all pages past a session's first hundred. No URL looks like this. */
export const OTHER_PAGE = "(other)";

/** Counts `by` views of a page; 0 only adds the page. Changes `views`. */
export function countView(views: Views, url: string, by: 0 | 1, slash: TrailingSlash = "keep"): void {
  const page = pageName(url, slash);
  const name = Object.hasOwn(views, page) || hasRoom(views, page) ? page : OTHER_PAGE;
  views[name] = (views[name] ?? 0) + by;
}

function hasRoom(views: Views, page: string): boolean {
  const known = Object.keys(views);
  return known.length < MAX_PAGES && known.reduce((sum, name) => sum + name.length, page.length) <= MAX_PAGES_UNITS;
}

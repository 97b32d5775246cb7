import type { Kit } from "../../kit";
import { listen } from "../../safe";

/** Records views after navigations within the page, in browsers without the Navigation API. Views before this file count as one. */
export function followHistory({ plug }: Kit): void {
  if ((window as { navigation?: EventTarget }).navigation) return;
  const look = (): void => plug.look?.();
  for (const method of ["pushState", "replaceState"] as const) {
    const original = history[method];
    // The original runs first and unchanged, so that its errors reach the page.
    history[method] = function (...args) {
      original.apply(this, args);
      look();
    };
  }
  listen("popstate", look);
  look();
}

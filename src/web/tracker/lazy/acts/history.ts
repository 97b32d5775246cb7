import type { Kit } from "../../kit";
import { listen } from "../../safe";

/** Navigations within the page, in a browser without the Navigation API; several before this file has come are one. */
export function followHistory({ plug }: Kit): void {
  if ((window as { navigation?: EventTarget }).navigation) return;
  const look = (): void => plug.look?.();
  for (const method of ["pushState", "replaceState"] as const) {
    const original = history[method];
    // The page's call comes first and is as it was: its errors are the page's.
    history[method] = function (...args) {
      original.apply(this, args);
      look();
    };
  }
  listen("popstate", look);
  look();
}

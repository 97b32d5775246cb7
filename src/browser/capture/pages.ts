import { record } from "../record";
import { listen, safe } from "../safe";

/** Page views: this load, each navigation within the page, and a return from the back/forward cache. */
export function capturePages(): void {
  let shown = "";
  const view = (): void => {
    shown = location.href;
    record({ event_type: "page_view" });
  };
  const viewIfChanged = safe(() => {
    if (location.href !== shown) view();
  });
  for (const method of ["pushState", "replaceState"] as const) {
    const original = history[method];
    // The page's call comes first and is as it was: its errors are the page's.
    history[method] = function (...args) {
      original.apply(this, args);
      viewIfChanged();
    };
  }
  listen("popstate", viewIfChanged);
  listen("pageshow", (event) => {
    if (event.persisted) view();
  });
  view();
}

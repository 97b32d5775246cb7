import type { Kit } from "../../kit";
import { SCROLL_MS } from "../../limits";
import { listen, safe } from "../../safe";

/** How far down the page is scrolled: 100 is its end, and a page drawn past it by its rubber band is at its end. */
function depth(): number {
  const { scrollHeight, clientHeight } = document.documentElement;
  return Math.round(Math.min(1, scrollY / (scrollHeight - clientHeight || 1)) * 100);
}

/**
 * Scroll depth, each time a page is seen further down than before; starts over with the page. It says so when nobody
 * has used wheel, finger, key or button before: then a script has scrolled.
 */
export function captureScroll({ record }: Kit): void {
  let page = "";
  let deepest = 0;
  let timer = 0;
  let isTouched = false;
  for (const type of ["wheel", "touchstart", "keydown", "pointerdown"] as const) {
    listen(type, (event) => {
      isTouched ||= event.isTrusted;
    });
  }
  const measure = safe(() => {
    timer = 0;
    if (page !== location.href) deepest = 0;
    page = location.href;
    const scroll_percent = depth();
    if (scroll_percent <= deepest) return;
    deepest = scroll_percent;
    record({ event_type: "scroll", scroll_percent, data: isTouched ? undefined : { input: false } });
  });
  listen("scroll", () => {
    timer ||= setTimeout(measure, SCROLL_MS);
  });
  // The last stretch before leaving counts too.
  listen("pagehide", () => timer && measure());
  listen("visibilitychange", () => timer && measure());
}

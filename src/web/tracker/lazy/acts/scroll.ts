import type { Kit } from "../../kit";
import { SCROLL_MS, SCROLLER_SHARE } from "../../limits";
import { listen, safe } from "../../safe";

/** How far down a scroller is: 100 is its end, and one drawn past it by its rubber band is at its end. */
function depth(scroller: Element): number {
  const { scrollTop, scrollHeight, clientHeight } = scroller;
  return Math.round(Math.max(0, Math.min(1, scrollTop / (scrollHeight - clientHeight || 1))) * 100);
}

/** The page, or an element that takes so much of the window that it stands for it. */
function scrollerOf(target: EventTarget | null): Element | undefined {
  if (target instanceof Document) return document.scrollingElement ?? document.documentElement;
  if (!(target instanceof Element)) return;
  const { clientWidth, clientHeight } = target;
  return clientWidth * clientHeight >= innerWidth * innerHeight * SCROLLER_SHARE ? target : undefined;
}

/**
 * Scroll depth, each time a page is seen further down than before; starts over with the page. It says so when nobody
 * has used wheel, finger, key or button before: then a script has scrolled.
 */
export function captureScroll({ recordEvent }: Kit): void {
  let page = "";
  let deepest = 0;
  let timer = 0;
  let isTouched = false;
  const scrolled = new Set<EventTarget | null>();
  const heard = new WeakSet<EventTarget>();
  const measure = safe(() => {
    timer = 0;
    if (page !== location.href) deepest = 0;
    page = location.href;
    const depths = [...scrolled].map(scrollerOf).map((scroller) => (scroller ? depth(scroller) : 0));
    scrolled.clear();
    const scroll_percent = Math.max(...depths);
    if (scroll_percent <= deepest) return;
    deepest = scroll_percent;
    recordEvent({ event_type: "scroll", scroll_percent, data: isTouched ? undefined : { input: false } });
  });
  const hear = safe(({ target }: Event) => {
    scrolled.add(target);
    timer ||= setTimeout(measure, SCROLL_MS);
  });
  listen("scroll", hear);
  for (const type of ["wheel", "touchstart", "keydown", "pointerdown"] as const) {
    listen(type, (event) => {
      isTouched ||= event.isTrusted;
      // What scrolls in an open shadow root does not tell the window.
      for (const root of event.composedPath()) {
        if (!(root instanceof ShadowRoot) || heard.has(root)) continue;
        heard.add(root);
        root.addEventListener("scroll", hear, { capture: true, passive: true });
      }
    });
  }
  // The last stretch before leaving counts too.
  listen("pagehide", () => timer && measure());
  listen("visibilitychange", () => timer && measure());
}

import type { Kit } from "../../kit";
import { SCROLL_MS, SCROLLER_SHARE } from "../../limits";
import { listen, PASSIVE, safe } from "../../safe";

/** How far down a scroller is, 0 to 100. Overscroll (rubber banding) counts as the nearer end. */
function depth(scroller: Element): number {
  const { scrollTop, scrollHeight, clientHeight } = scroller;
  return Math.round(Math.max(0, Math.min(1, scrollTop / (scrollHeight - clientHeight || 1))) * 100);
}

/** The page's scroller, or an element so large that it stands for the page. */
function scrollerOf(target: EventTarget | null): Element | undefined {
  if (target instanceof Document) return document.scrollingElement ?? document.documentElement;
  if (!(target instanceof Element)) return;
  const { clientWidth, clientHeight } = target;
  return clientWidth * clientHeight >= innerWidth * innerHeight * SCROLLER_SHARE ? target : undefined;
}

/**
 * Records the scroll depth each time it is deeper than before on this page. `input: false`: nobody used wheel, finger, key or
 * button before, so a script has scrolled.
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
  const touch = (event: Event): void => {
    isTouched ||= event.isTrusted;
    // A scroll event in an open shadow root does not reach the window.
    for (const root of event.composedPath()) {
      if (!(root instanceof ShadowRoot) || heard.has(root)) continue;
      heard.add(root);
      root.addEventListener("scroll", hear, true);
    }
  };
  for (const type of ["wheel", "touchstart", "keydown", "pointerdown"] as const) listen(type, touch, PASSIVE);
  // Count the last scroll before leaving too.
  listen("pagehide", () => timer && measure());
  listen("visibilitychange", () => timer && measure());
}

import { listen, safe } from "../safe";

/**
 * A listener on the window and on each open shadow root that somebody enters: of what happens to a form in one, nothing
 * reaches the window.
 */
export function listenInside(type: "submit" | "formdata" | "reset", f: (event: Event) => void): void {
  const heard = new WeakSet<EventTarget>();
  const hear = safe(f);
  listen(type as "submit", hear);
  listen("focusin", (event) => {
    for (const root of event.composedPath()) {
      if (!(root instanceof ShadowRoot) || heard.has(root)) continue;
      heard.add(root);
      root.addEventListener(type, hear, { capture: true, passive: true });
    }
  });
}

import { listen, safe } from "../safe";

/** Listens on the window, and on each open shadow root that somebody enters, because form events in one do not reach the window. */
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

import { listen } from "../safe";
import { elementPath } from "./element";
import type { Record } from "./record";

/** Clicks, with where on the page and on what; inside an open shadow root, on what is in there. */
export function captureClicks(record: Record): void {
  listen("click", (event) => {
    const [target] = event.composedPath();
    record({
      event_type: "click",
      x: Math.round(event.pageX),
      y: Math.round(event.pageY),
      ...(target instanceof Element && { element: elementPath(target) }),
    });
  });
}

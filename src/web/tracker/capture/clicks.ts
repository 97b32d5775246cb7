import { record } from "../record";
import { listen } from "../safe";
import { elementPath } from "./element";
import { subject } from "./subject";

/** Records clicks with their position on the page and their element, also inside open shadow roots. */
export const captureClicks = (): void =>
  listen("click", (event) => {
    const target = subject(event);
    if (!target) return;
    record({
      event_type: "click",
      x: Math.round(event.pageX),
      y: Math.round(event.pageY),
      element: elementPath(target),
      data: event.isTrusted ? undefined : { trusted: false },
    });
  });

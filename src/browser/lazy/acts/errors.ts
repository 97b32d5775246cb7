import { cleanMessage } from "../../../privacy/message";
import type { Kit } from "../../kit";
import { ERROR_UNITS, ERRORS } from "../../limits";
import { listen } from "../../safe";

/** Errors that the page did not catch, and promises nobody waited for. */
export function captureErrors({ record, cleanUrl }: Kit): void {
  let left = ERRORS;
  const say = (message: unknown, where: Partial<ErrorEvent>): void => {
    if (!message || left-- <= 0) return;
    const data = {
      message: cleanMessage(String(message).slice(0, ERROR_UNITS), cleanUrl),
      source: cleanUrl(where.filename ?? ""),
      line: where.lineno,
      column: where.colno,
    };
    record({ event_type: "error", data });
  };
  // A file that does not load fires an event without a message here.
  listen("error", (event) => say(event.message, event));
  listen("unhandledrejection", ({ reason }) => say(reason, {}));
}

import { cleanMessage } from "../../../../core/privacy/message";
import type { Kit } from "../../kit";
import { ERROR_UNITS, ERRORS } from "../../limits";
import { listen, safe } from "../../safe";
import { isNoise } from "./noise";

interface ErrorCount {
  data: Record<string, unknown>;
  /** How often it came, and how often it had come when it was last recorded. */
  count: number;
  said: number;
}

/**
 * Records errors that the page did not catch, and unhandled rejections: the first of each at once. When the page is left, it
 * records how often each came, if more than once.
 */
export function captureErrors({ recordEvent, cleanUrl, plug }: Kit): void {
  const told = new Map<string, ErrorCount>();
  const say = (message: unknown, error: unknown, where: Partial<ErrorEvent>): void => {
    if (!message || isNoise(String(message), error, where.filename)) return;
    const data = {
      message: cleanMessage(String(message).slice(0, ERROR_UNITS), cleanUrl),
      source: cleanUrl(where.filename ?? ""),
      line: where.lineno,
      column: where.colno,
    };
    // The key is the cleaned text, so that errors which differ only in a secret count as one.
    const key = JSON.stringify(data);
    const known = told.get(key);
    if (known) known.count++;
    else if (told.size < ERRORS) {
      told.set(key, { data, count: 1, said: 1 });
      recordEvent({ event_type: "error", data });
    }
  };
  // Files that do not load fire this too, without a message.
  listen("error", (event) => say(event.message, event.error, event));
  listen("unhandledrejection", ({ reason }) => say(reason, reason, {}));
  plug.leaving.push(
    safe(() => {
      for (const one of told.values()) {
        const { data, count } = one;
        if (count > one.said) recordEvent({ event_type: "error", data: { ...data, count } });
        one.said = count;
      }
    }),
  );
}

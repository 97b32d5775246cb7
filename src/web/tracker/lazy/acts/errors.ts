import { cleanMessage } from "../../../../core/privacy/message";
import type { Kit } from "../../kit";
import { ERROR_UNITS, ERRORS } from "../../limits";
import { listen, safe } from "../../safe";
import { isNoise } from "./noise";

interface Told {
  data: Record<string, unknown>;
  /** How often it has come, and how often when that was last told. */
  count: number;
  said: number;
}

/**
 * Errors that the page did not catch, and promises nobody waited for: the first of each at once, and as the page is left
 * how often each has come in all, if more than once.
 */
export function captureErrors({ recordEvent, cleanUrl, plug }: Kit): void {
  const told = new Map<string, Told>();
  const say = (message: unknown, error: unknown, where: Partial<ErrorEvent>): void => {
    if (!message || isNoise(String(message), error, where.filename)) return;
    const data = {
      message: cleanMessage(String(message).slice(0, ERROR_UNITS), cleanUrl),
      source: cleanUrl(where.filename ?? ""),
      line: where.lineno,
      column: where.colno,
    };
    // As it is told: what differs only in a secret is the same error.
    const key = JSON.stringify(data);
    const known = told.get(key);
    if (known) known.count++;
    else if (told.size < ERRORS) {
      told.set(key, { data, count: 1, said: 1 });
      recordEvent({ event_type: "error", data });
    }
  };
  // A file that does not load fires an event without a message here.
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

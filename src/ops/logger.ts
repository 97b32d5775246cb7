/** Logs of the Worker, the actors and the cron: one JSON object a line. */

const LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LEVELS)[number];

/** Codes, counts and ids only: no payload, no address, no key. */
export type LogFields = Record<string, string | number | boolean | null>;

export type Logger = Record<LogLevel, (event: string, fields?: LogFields) => void>;

const isLevel = (name: string | undefined): name is LogLevel => LEVELS.some((level) => level === name);

/**
 * `context` is on every line: a request id in the Worker and the cron, a session id in an actor. An unknown `LOG_LEVEL` counts as
 * `info`.
 */
export function createLogger(level: string | undefined, context: LogFields): Logger {
  const lowest = LEVELS.indexOf(isLevel(level) ? level : "info");
  const at =
    (name: LogLevel, index: number) =>
    (event: string, fields: LogFields = {}) => {
      if (index < lowest) return;
      // The one place that writes to the console: Workers Logs indexes the fields of a JSON line.
      // biome-ignore lint/suspicious/noConsole: this is the logger
      console[name](JSON.stringify({ level: name, time: new Date().toISOString(), event, ...context, ...fields }));
    };
  return { debug: at("debug", 0), info: at("info", 1), warn: at("warn", 2), error: at("error", 3) };
}

/** An error as a log field: kind and message, cut. Never a stack, and never the value that caused it. */
export const errorField = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : "unknown error";

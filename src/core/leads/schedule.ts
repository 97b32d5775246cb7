import { WEBHOOK_JITTER } from "../../limits";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../time";

/** Waits before the second to the ninth attempt: Standard Webhooks' example schedule, stretched over a day of outage. */
export const WEBHOOK_SCHEDULE_MS: readonly number[] = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  4 * HOUR_MS,
  12 * HOUR_MS,
  24 * HOUR_MS,
];
/** `Retry-After` is honoured up to this. */
export const WEBHOOK_MAX_RETRY_AFTER_MS = 24 * HOUR_MS;
/** A delivery held back by its endpoint's breaker is given up at this many times the schedule's length (twice 41 h). */
export const WEBHOOK_EXPIRY_FACTOR = 2;

/** Pure: what the answer to an attempt means for a delivery. */

/** The outcome of an attempt, as far as it is known. */
export type Attempt =
  | { kind: "answered"; status: number; retry_after_ms: number | null; excerpt: string }
  | { kind: "failed"; reason: "timeout" | "network" | "target_refused" };

export type Verdict =
  | { kind: "delivered" }
  /** `wait_ms` is counted from now. */
  | { kind: "retry"; wait_ms: number; reason: string }
  | { kind: "dead"; reason: string }
  /** 410: the receiver wants nothing more, so the endpoint is disabled. */
  | { kind: "gone"; reason: string };

const RETRIED = new Set([408, 429]);

const isRetried = (attempt: Attempt): boolean =>
  attempt.kind === "failed"
    ? attempt.reason !== "target_refused"
    : attempt.status >= 500 || RETRIED.has(attempt.status);

/** The outcome in a word: `timeout`, `network`, `http_503`, `redirect`. */
export function reasonOf(attempt: Attempt): string {
  if (attempt.kind === "failed") return attempt.reason;
  return attempt.status >= 300 && attempt.status < 400 ? "redirect" : `http_${attempt.status}`;
}

/** What follows from an attempt. `attempts` counts this one, too. `random` is in [0, 1). */
export function judgeAttempt(
  attempt: Attempt,
  attempts: number,
  random: number,
  schedule: readonly number[] = WEBHOOK_SCHEDULE_MS,
): Verdict {
  if (attempt.kind === "answered" && attempt.status >= 200 && attempt.status < 300) return { kind: "delivered" };
  const reason = reasonOf(attempt);
  if (attempt.kind === "answered" && attempt.status === 410) return { kind: "gone", reason };
  const wait = schedule[attempts - 1];
  if (!isRetried(attempt) || wait === undefined) return { kind: "dead", reason };
  const asked = attempt.kind === "answered" ? (attempt.retry_after_ms ?? 0) : 0;
  const wait_ms = Math.max(
    Math.round(wait * (1 + WEBHOOK_JITTER * random)),
    Math.min(asked, WEBHOOK_MAX_RETRY_AFTER_MS),
  );
  return { kind: "retry", wait_ms, reason };
}

/** When a delivery that its endpoint's breaker holds back is given up: ms after it was made. */
export const expiryOf = (schedule: readonly number[]): number =>
  WEBHOOK_EXPIRY_FACTOR * schedule.reduce((sum, wait) => sum + wait, 0);

/** `Retry-After` in seconds or as a date, to ms from now; null for neither. */
export function readRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/** A schedule as configuration says it: waits in ms, separated by commas. The usual one for anything else. */
export function readSchedule(text: string | undefined): readonly number[] {
  if (text === undefined || !/^\d{1,9}(,\d{1,9}){0,31}$/.test(text)) return WEBHOOK_SCHEDULE_MS;
  return text.split(",").map(Number);
}

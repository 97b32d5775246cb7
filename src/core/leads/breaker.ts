/** After so many failures in a row, over all leads, an endpoint is left alone for a while. */
export const BREAKER_FAILURES = 5;

/**
 * An endpoint's circuit breaker, pure. Closed: everybody may send. Open: nobody until `until`. Then one delivery probes, and its
 * answer closes the breaker or opens it for twice as long. Disabled: nobody until a person resets it.
 */
export interface Breaker {
  state: "closed" | "open" | "disabled";
  /** Failures in a row, over all leads. */
  failures: number;
  /** When the next delivery may try, epoch ms. */
  until: number;
  /** Since when the breaker is not closed, epoch ms; null while it is. */
  since: number | null;
  /** The reason of the last failure, in a word. */
  reason: string | null;
}

export const newBreaker = (): Breaker => ({ state: "closed", failures: 0, until: 0, since: null, reason: null });

/** `until`: when a delivery that has to wait may ask again, epoch ms; else 0. */
export interface Permit {
  kind: "go" | "wait" | "disabled";
  until: number;
}

export interface Cooling {
  /** First and longest wait of an open breaker, ms. */
  min_ms: number;
  max_ms: number;
  /** How long a probe may take, ms. Nobody else tries meanwhile. */
  probe_ms: number;
}

/** Whether a delivery may be tried at `now`, and the breaker after that. */
export function permit(breaker: Breaker, now: number, { probe_ms }: Cooling): { permit: Permit; breaker: Breaker } {
  if (breaker.state === "disabled") return { permit: { kind: "disabled", until: 0 }, breaker };
  if (breaker.state === "closed") return { permit: { kind: "go", until: 0 }, breaker };
  if (breaker.until > now) return { permit: { kind: "wait", until: breaker.until }, breaker };
  return { permit: { kind: "go", until: 0 }, breaker: { ...breaker, until: now + probe_ms } };
}

/** `answered`: the receiver is there, even if it refuses this one delivery. */
export type AttemptReport =
  | { kind: "answered" }
  | { kind: "failed"; reason: string }
  | { kind: "gone"; reason: string };

/** The breaker after an attempt: the same object when nothing has changed. */
export function record(breaker: Breaker, report: AttemptReport, now: number, { min_ms, max_ms }: Cooling): Breaker {
  if (breaker.state === "disabled") return breaker;
  if (report.kind === "gone") {
    return { ...breaker, state: "disabled", until: 0, since: breaker.since ?? now, reason: report.reason };
  }
  if (report.kind === "answered") return breaker.failures === 0 ? breaker : newBreaker();
  const failures = breaker.failures + 1;
  const { reason } = report;
  if (failures < BREAKER_FAILURES) return { ...breaker, failures, reason };
  const wait = Math.min(max_ms, min_ms * 2 ** Math.min(failures - BREAKER_FAILURES, 20));
  return { state: "open", failures, until: now + wait, since: breaker.since ?? now, reason };
}

/** How long an open breaker waits, from the schedule's second and fourth wait: 30 s at first, a quarter of an hour at most. */
export const coolingOf = (schedule: readonly number[], timeout_ms: number): Cooling => {
  const min_ms = schedule[1] ?? schedule[0] ?? 0;
  return { min_ms, max_ms: Math.max(min_ms, schedule[3] ?? min_ms), probe_ms: 2 * timeout_ms };
};

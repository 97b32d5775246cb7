import { HOUR_MS } from "../../../time";

/** An offset older than this is a wrong clock, not an old event: the tracker drops unacked events at 20 h. */
export const MAX_EVENT_AGE_MS = 24 * HOUR_MS;

/**
 * When something happened, by the server's clock: `received − (sent_at − timestamp)`, between `earliest` and `received`.
 * The client's clock is only ever used for the difference of two of its readings. Without both, or with a difference
 * that no queue explains, it is the receive time. All in epoch ms.
 */
export function placeInTime(
  received: number,
  sentAt: number | null | undefined,
  timestamp: number | null | undefined,
  earliest: number,
): number {
  const age = sentAt == null || timestamp == null ? 0 : sentAt - timestamp;
  const believable = age > 0 && age <= MAX_EVENT_AGE_MS ? Math.round(age) : 0;
  return Math.max(Math.min(earliest, received), received - believable);
}

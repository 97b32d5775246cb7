import type { Consent } from "../../../../protocol/fields";

/**
 * The IAB's TCF 2.2, as its consent management platforms say it to whoever listens.
 * https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework
 */
export interface TcData {
  /** `tcloaded`, `cmpuishown` or `useractioncomplete`. */
  eventStatus?: string;
  /** Undefined while the platform does not know. */
  gdprApplies?: boolean;
  purpose?: { consents?: Record<string, boolean> };
}

/** Store and read on the device (1), and measure how content performs (8): what a visit's events are. */
const PURPOSES = ["1", "8"];

export const purposesIn = (option: string): string[] => option.match(/\d+/g) ?? PURPOSES;

/** What it comes to; undefined where it says nothing, and what was said before stands. */
export function tcfState(
  { eventStatus, gdprApplies, purpose }: TcData,
  purposes: readonly string[],
): Consent | undefined {
  if (gdprApplies === false) return "granted";
  // While it asks, what it has of consents is of before, or of nobody.
  if (gdprApplies !== true || (eventStatus !== "tcloaded" && eventStatus !== "useractioncomplete")) return;
  return purposes.every((id) => purpose?.consents?.[id] === true) ? "granted" : "denied";
}

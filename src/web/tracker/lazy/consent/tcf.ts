import type { Consent } from "../../../../protocol/values";

/**
 * What a consent management platform of the IAB's TCF 2.2 tells its listeners.
 * https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework
 */
export interface TcData {
  /** `tcloaded`, `cmpuishown` or `useractioncomplete`. */
  eventStatus?: string;
  /** Undefined while the platform does not know. */
  gdprApplies?: boolean;
  purpose?: { consents?: Record<string, boolean> };
}

/** Store and read on the device (1), and measure how content performs (8), which is what a visit's events do. */
const PURPOSES = ["1", "8"];

export const purposesIn = (option: string): string[] => option.match(/\d+/g) ?? PURPOSES;

/** The consent that `TcData` says. Undefined if it says none: then the last state stands. */
export function tcfState(
  { eventStatus, gdprApplies, purpose }: TcData,
  purposes: readonly string[],
): Consent | undefined {
  if (gdprApplies === false) return "granted";
  // While the platform asks, its consents are from an earlier answer, or from nobody.
  if (gdprApplies !== true || (eventStatus !== "tcloaded" && eventStatus !== "useractioncomplete")) return;
  return purposes.every((id) => purpose?.consents?.[id] === true) ? "granted" : "denied";
}

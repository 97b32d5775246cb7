import type { Consent } from "../../protocol/fields";
import { options } from "./options";

let state: Consent | undefined;

// Not in TypeScript's DOM library: https://w3c.github.io/gpc/
const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean };

/** What the visitor allows. Undefined while the page has said nothing: then the site's default holds. */
export const consent = (): Consent | undefined =>
  globalPrivacyControl || (options.dnt === "true" && doNotTrack === "1") ? "denied" : state;

export function setConsent(next: Consent | undefined): void {
  state = next;
}

/** Whether the device may keep something: not while the visitor's answer is no, or still missing. */
export const mayStore = (): boolean => (consent() ?? "granted") === "granted";

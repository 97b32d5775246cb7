import type { Consent } from "../../protocol/values";
import { options } from "./options";

let state: Consent | undefined;

// Not in TypeScript's DOM library: https://w3c.github.io/gpc/
const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean };

/** What the visitor allows. Undefined until the page says something: then the site's default applies. */
export const consent = (): Consent | undefined =>
  globalPrivacyControl || (options.dnt === "true" && doNotTrack === "1") ? "denied" : state;

export function setConsent(next: Consent | undefined): void {
  state = next;
}

/** Whether anything may be stored on the device: not while consent is denied or pending. */
export const mayStore = (): boolean => (consent() ?? "granted") === "granted";

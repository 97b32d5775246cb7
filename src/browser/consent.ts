import type { Consent } from "../protocol/fields";
import type { StartInput } from "../protocol/track";
import { options } from "./options";
import { plug } from "./plug";
import { visitor } from "./session";

let state: Consent | undefined;

// Not in TypeScript's DOM library: https://w3c.github.io/gpc/
const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean };

/** What the visitor allows; absent while the page has said nothing and the site's default holds. */
export const consent = (): Consent | undefined =>
  globalPrivacyControl || (options.dnt === "true" && doNotTrack === "1") ? "denied" : state;

export function setConsent(next: Consent | undefined): void {
  state = next;
}

/** Nothing is kept on the device while the answer is no, or not there yet. */
export const mayStore = (): boolean => (consent() ?? "granted") === "granted";

/** The part of a start that says who this is, as far as consent goes. */
export const who = (): Partial<StartInput> => ({
  consent: consent(),
  ...(mayStore() && { ...visitor(), ...plug.device }),
});

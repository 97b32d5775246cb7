import type { Consent } from "../protocol/fields";
import type { StartInput } from "../protocol/track";
import { forgetVisitor, visitorId } from "./session";

let state: Consent | undefined;

/** What the visitor allows; absent while the page has said nothing and the site's default holds. */
export const consent = (): Consent | undefined =>
  // Not in TypeScript's DOM library: https://w3c.github.io/gpc/
  (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl ? "denied" : state;

/** A withdrawal forgets the visitor on this device too. */
export function setConsent(next: Consent | undefined): void {
  state = next;
  if (consent() === "denied") forgetVisitor();
}

/** The part of a start that says who this is, as far as consent goes. */
export function who(): Pick<StartInput, "consent" | "visitor_id"> {
  const now = consent();
  const isOpen = !now || now === "granted";
  return { ...(now && { consent: now }), ...(isOpen && { visitor_id: visitorId() }) };
}

/**
 * Words that name a secret, or data that identifies somebody. A word counts if it stands alone or ends a compound (`accesstoken`),
 * not inside another word: `author`, `keyword` and `discard` name nobody.
 */
const SECRET =
  /(?:^|[^a-z])(?:[a-z]*(?:token|email|passw(?:or)?[dt]|secret|sess(?:ion)?id|(?:api|auth|access|secret|session|private|licen[cs]e)key|(?:phone|card)(?:number|num|no)|(?:auth|otp|reset|login)code|creditcard|mailaddress)|mail|pass(?:code|phrase|port)?|pwd?|pin|t?otp|jwt|sig(?:nature)?|nonce|[cx]srf|o?auth(?:orization)?|cred(?:ential)?s?|key|session|sid|cookie|saml(?:re(?:sponse|quest))?|oob|verif(?:ier|ication)|(?:tele)?phone|tel|mobile|msisdn|card|ccn?|cv[cv]|iban|ssn|dob|birth(?:day|date)?|login|u(?:ser)?id|user|(?:first|last|full|sur|user|nick)[^a-z]?name)(?![a-z])|^(?:code|sign)$/i;

/** Where a word begins without a separator: `oobCode`, `AWSKey`. */
const HUMPS = /[a-z](?=[A-Z])|[A-Z](?=[A-Z][a-z])/g;

/**
 * Whether a name means the visitor's secret, in any spelling and with anything around it: `pulsegate.visitor_secret`,
 * `fields[visitorSecret]`. The secret stays on the device and is kept nowhere else.
 */
export const isVisitorSecret = (name: string): boolean =>
  name
    .toLowerCase()
    .replace(/[^a-z]/g, "")
    .includes("visitorsecret");

/** Whether a value with this name must not leave the page, whatever it is. */
export const isSecretName = (name: string): boolean => SECRET.test(name.replace(HUMPS, "$&_"));

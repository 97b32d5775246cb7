/**
 * Words that name a secret, or what tells who somebody is. One counts where it stands alone or ends what is written together
 * (`accesstoken`), and not within another: `author`, `keyword` and `discard` name nobody.
 */
const SECRET =
  /(?:^|[^a-z])(?:[a-z]*(?:token|email|passw(?:or)?[dt]|secret|sess(?:ion)?id|(?:api|auth|access|secret|session|private|licen[cs]e)key|(?:phone|card)(?:number|num|no)|(?:auth|otp|reset|login)code|creditcard|mailaddress)|mail|pass(?:code|phrase|port)?|pwd?|pin|t?otp|jwt|sig(?:nature)?|nonce|[cx]srf|o?auth(?:orization)?|cred(?:ential)?s?|key|session|sid|cookie|saml(?:re(?:sponse|quest))?|oob|verif(?:ier|ication)|(?:tele)?phone|tel|mobile|msisdn|card|ccn?|cv[cv]|iban|ssn|dob|birth(?:day|date)?|login|u(?:ser)?id|user|(?:first|last|full|sur|user|nick)[^a-z]?name)(?![a-z])|^(?:code|sign)$/i;

/** Where a word begins without a separator: `oobCode`, `AWSKey`. */
const HUMPS = /[a-z](?=[A-Z])|[A-Z](?=[A-Z][a-z])/g;

/**
 * Whether a name means what a visitor's id is made of, however it is written and whatever is around it:
 * `pulsegate.visitor_secret`, `fields[visitorSecret]`. That is the device's alone, and is kept nowhere else.
 */
export const isVisitorSecret = (name: string): boolean =>
  name
    .toLowerCase()
    .replace(/[^a-z]/g, "")
    .includes("visitorsecret");

/** Whether what has this name does not leave the page, whatever its value. */
export const isSecretName = (name: string): boolean => SECRET.test(name.replace(HUMPS, "$&_"));

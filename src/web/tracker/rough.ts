import { addressFacts } from "./campaign";

/**
 * Cleans texts while acts.js, which can tell secrets from other text, has not loaded: it removes whatever may be a secret. Used for
 * pages that are left at once.
 */

/** An email or a value, also escaped; letters and digits mixed; many letters or digits in a row. */
const DOUBTFUL = /[@=]|%[24]|(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{8}|[a-z]{24}|\d(\W?\d){6}/i;
const DOUBTFUL_NAME = /pass|pw|pin|secr|tok|key|mail|name|user|code|auth|cv/i;

const hide = (text: string): string => (DOUBTFUL.test(text) ? ":secret" : text);

/** `name`: the text's name in its data. */
export function rough(text: string, name = ""): string {
  // The page chose this name itself.
  if (name === "event_type") return text;
  const [, scheme, host, path = ""] = /^([a-z][\w+.-]*:\/\/)(?:[^/?#]*@)?([^/?#]+)([^?#]*)/i.exec(text) ?? [];
  if (!scheme || !host) return DOUBTFUL_NAME.test(name) ? ":secret" : hide(text);
  const { campaignQuery: campaign } = addressFacts(text);
  return (
    scheme + host + path.split("/").map(hide).join("/") + (campaign && !/%40/.test(campaign) ? `?${campaign}` : "")
  );
}

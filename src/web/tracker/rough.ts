import { addressFacts } from "./campaign";

/**
 * What is left of a text before the file that knows secrets has loaded, or without it: what only may be one goes too. A page
 * that is left at once is told of by this.
 */

/** An email, a value, an escape of either; letters and digits mixed; many letters or digits in a row. */
const DOUBTFUL = /[@=]|%[24]|(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{8}|[a-z]{24}|\d(\W?\d){6}/i;
const DOUBTFUL_NAME = /pass|pw|pin|secr|tok|key|mail|name|user|code|auth|cv/i;

const hide = (text: string): string => (DOUBTFUL.test(text) ? ":secret" : text);

/** `name`: what the text is called in the data it is of. */
export function rough(text: string, name = ""): string {
  // A name is the page's own word.
  if (name === "event_type") return text;
  const [, scheme, host, path = ""] = /^([a-z][\w+.-]*:\/\/)(?:[^/?#]*@)?([^/?#]+)([^?#]*)/i.exec(text) ?? [];
  if (!scheme || !host) return DOUBTFUL_NAME.test(name) ? ":secret" : hide(text);
  const { campaignQuery: campaign } = addressFacts(text);
  return (
    scheme + host + path.split("/").map(hide).join("/") + (campaign && !/%40/.test(campaign) ? `?${campaign}` : "")
  );
}

import { CAMPAIGN, SHARED } from "../sources/campaign";
import { isSecretName } from "./names";
import { HIDDEN, isAllowed, type Rules } from "./rules";
import { hideNames, hideNumbers, isToken } from "./values";

/** Addresses without secrets. Nothing else changes: an address without any stays the same text. */

/** Levels of addresses within addresses. What is nested deeper is hidden whole, because nobody writes that by hand. */
const LEVELS = 4;

/** Whether a word has parts that are cleaned one by one. A slash between digits belongs to a date or a phone number. */
const isNested = (word: string): boolean =>
  /[?&=#;]|%[\da-f]{2}/i.test(word) || (/[/\\]/.test(word) && /[a-z]/i.test(word));

/** Base64, whose slashes separate no parts. */
const BASE64 = /^\w[\w+/-]{19,}=*$/;

/** Parameters and segments, each with the mark before it. */
const IN_PATH = /([/\\;&]?)([^/\\;&]*)/g;
const IN_QUERY = /([?&;])([^&;]*)/g;

/** Cleans a segment, a name or a value. It may be encoded, and may be or hold an address. */
function cleanPiece(raw: string, rules: Rules, levels: number, isKept?: boolean): string {
  // Unlike `decodeURIComponent` it accepts broken escapes. `escape` undoes what it does to letters beyond ASCII.
  const meant = unescape(raw);
  const clean = cleanWords(meant, rules, levels, isKept);
  return clean === meant ? raw : escape(clean).replace(/%3A/g, ":");
}

const cleanWords = (text: string, rules: Rules, levels: number, isKept?: boolean): string =>
  hideNumbers(text, rules, isKept).replace(/[^\s"'<>]+/g, (word) => {
    if (!isNested(word)) return hideNames(word, rules, isKept);
    if (BASE64.test(word) && !isKept && isToken(word)) return isAllowed(word, rules) ? word : HIDDEN;
    return levels > 0 ? cleanParts(word, rules, levels - 1) : HIDDEN;
  });

function cleanParts(address: string, rules: Rules, levels: number): string {
  const clean = (_: string, mark: string, part: string): string => {
    const at = part.indexOf("=");
    // A number alone names a product or an order, also if it begins with 0.
    if (at < 0) return mark + (part && cleanPiece(part, rules, levels, /^\d+$/.test(part)));
    const name = part.slice(0, at);
    const value = part.slice(at + 1);
    const meant = unescape(name);
    const isKept = CAMPAIGN.test(meant) || SHARED.test(meant) || isAllowed(meant, rules);
    const kept = cleanPiece(value, rules, levels, isKept);
    // If the name holds a secret, the whole pair goes.
    const goes = isKept ? kept !== value : isSecretName(meant) || cleanPiece(name, rules, levels) !== name;
    // Only a query holds form fields, a path does not.
    const isTyped = /[?&]/.test(mark) && rules.drops?.(meant);
    return goes || isTyped ? "" : `${mark}${name}=${kept}`;
  };
  const [, start = "", path = "", query = "", hash = ""] =
    /^((?:[a-z][\w+.-]*:)?[/\\]{2,}[^/\\?#]*)?([^?#]*)(\??[^#]*)(.*)$/is.exec(
      address.replace(/^((?:[a-z][\w+.-]*:)?[/\\]{2,})[^/\\?#]*@/i, "$1"),
    ) ?? [];
  // Single-page apps keep their route in the hash, and sign-ins their tokens. If a pair is removed there, all of it goes.
  const inside = hash && levels > 0 ? cleanParts(hash.slice(1), rules, levels - 1) : "";
  const isWhole = hash.split("=").length === inside.split("=").length;
  const after = hash && isWhole ? `#${inside}` : "";
  return start + path.replace(IN_PATH, clean) + query.replace(IN_QUERY, clean).replace(/^[&;]/, "?") + after;
}

/** Cleans an address, whole or from its path on, of user and password, secret parameters, and secret values. */
export const cleanAddress = (address: string, rules: Rules): string => cleanParts(address, rules, LEVELS);

const ADDRESS = /^[a-z][\w+.-]*:\/\/\S+$/i;

/** Cleans a text that may hold addresses. `name`: its name in its data. */
export function cleanText(text: string, rules: Rules, name = ""): string {
  if (ADDRESS.test(text)) return cleanAddress(text, rules);
  return isAllowed(name, rules) ? cleanWords(text, rules, LEVELS, true) : cleanWords(text, rules, LEVELS);
}

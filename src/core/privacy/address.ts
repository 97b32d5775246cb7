import { CAMPAIGN, SHARED } from "../sources/campaign";
import { isSecretName } from "./names";
import { HIDDEN, isAllowed, type Rules } from "./rules";
import { hideNames, hideNumbers, isToken } from "./values";

/** Addresses without secrets. Nothing else in them changes: one that has none stays the same text. */

/** An address in an address in an address: what is nested deeper goes whole. Nobody writes it by hand. */
const LEVELS = 4;

/** What has parts of its own, and is looked at part by part. A slash between digits parts a date, or a phone number. */
const isNested = (word: string): boolean =>
  /[?&=#;]|%[\da-f]{2}/i.test(word) || (/[/\\]/.test(word) && /[a-z]/i.test(word));

/** It has slashes of its own. */
const BASE64 = /^\w[\w+/-]{19,}=*$/;

/** Parameters and segments, each with the mark before it. */
const IN_PATH = /([/\\;&]?)([^/\\;&]*)/g;
const IN_QUERY = /([?&;])([^&;]*)/g;

/** A segment, a name or a value, which may be encoded, and may be or hold an address itself. */
function cleanPiece(raw: string, rules: Rules, levels: number, isKept?: boolean): string {
  // No broken escape stops it; what it does to letters beyond ASCII, `escape` undoes.
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
    // A number alone is the name of a product or an order, also one that begins with 0.
    if (at < 0) return mark + (part && cleanPiece(part, rules, levels, /^\d+$/.test(part)));
    const name = part.slice(0, at);
    const value = part.slice(at + 1);
    const meant = unescape(name);
    const isKept = CAMPAIGN.test(meant) || SHARED.test(meant) || isAllowed(meant, rules);
    const kept = cleanPiece(value, rules, levels, isKept);
    // A name that holds a secret goes with its pair.
    const goes = isKept ? kept !== value : isSecretName(meant) || cleanPiece(name, rules, levels) !== name;
    // What is in a path is no field.
    const isTyped = /[?&]/.test(mark) && rules.drops?.(meant);
    return goes || isTyped ? "" : `${mark}${name}=${kept}`;
  };
  const [, start = "", path = "", query = "", hash = ""] =
    /^((?:[a-z][\w+.-]*:)?[/\\]{2,}[^/\\?#]*)?([^?#]*)(\??[^#]*)(.*)$/is.exec(
      address.replace(/^((?:[a-z][\w+.-]*:)?[/\\]{2,})[^/\\?#]*@/i, "$1"),
    ) ?? [];
  // Single-page apps have their route there, and sign-ins their tokens: with one of those all of it goes.
  const inside = hash && levels > 0 ? cleanParts(hash.slice(1), rules, levels - 1) : "";
  const isWhole = hash.split("=").length === inside.split("=").length;
  const after = hash && isWhole ? `#${inside}` : "";
  return start + path.replace(IN_PATH, clean) + query.replace(IN_QUERY, clean).replace(/^[&;]/, "?") + after;
}

/** An address, whole or from its path on: without a user and password, secret parameters, and what is secret by its value. */
export const cleanAddress = (address: string, rules: Rules): string => cleanParts(address, rules, LEVELS);

const ADDRESS = /^[a-z][\w+.-]*:\/\/\S+$/i;

/** A text that may hold addresses, without secrets. `name`: what it is called in the data it is of. */
export function cleanText(text: string, rules: Rules, name = ""): string {
  if (ADDRESS.test(text)) return cleanAddress(text, rules);
  return isAllowed(name, rules) ? cleanWords(text, rules, LEVELS, true) : cleanWords(text, rules, LEVELS);
}

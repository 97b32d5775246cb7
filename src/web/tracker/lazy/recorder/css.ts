import type { Finder, Range } from "./finder";

/** Where a style sheet has the page's own words: strings, addresses, and custom properties. */
const OWN = /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|url\([^)]*|--[^;}]*/gs;
/** Together these properties take nearly every word that a style sheet may have as a value. */
const PROPERTIES = [
  "display",
  "color",
  "cursor",
  "position",
  "width",
  "font-weight",
  "text-align",
  "overflow",
  "float",
];

/** Whether a word belongs to CSS or HTML, as `block`, `black` and `button` do. Without these a page would lose its look. */
function isKnown(word: string): boolean {
  const { style } = document.documentElement;
  return (
    word in style ||
    PROPERTIES.some((property) => CSS.supports(property, word)) ||
    !(document.createElement(word) instanceof HTMLUnknownElement)
  );
}

/** Finds values in a style sheet, except for words of CSS itself, which tell nothing about anybody. */
export function findInCss(css: string, finder: Finder): Range[] {
  const found = finder.find(css);
  if (found.length === 0) return found;
  const own = [...css.matchAll(OWN)].map(({ 0: text, index }) => [index, index + text.length] as const);
  let at = 0;
  return found.filter(([start, end]) => {
    while (at < own.length && (own[at]?.[1] ?? 0) <= start) at++;
    const isOwn = (own[at]?.[0] ?? css.length) <= start;
    const words = css.slice(start, end).match(/[a-z]+/gi);
    return isOwn || !words || /\d/.test(css.slice(start, end)) || !words.every(isKnown);
  });
}

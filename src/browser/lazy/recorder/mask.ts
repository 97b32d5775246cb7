import { type Field, isSecret } from "../../form/fields";

/** What of a page must not be seen. */

/** Shown; its text masked; or as if it were not there. */
export const SHOWN = 0;
export const MASKED = 1;
export const IGNORED = 2;
export type Veil = typeof SHOWN | typeof MASKED | typeof IGNORED;

const ELEMENT_NODE = 1;

export const maskText = (text: string): string => text.replace(/\S/g, "•");

/** What one element's attributes say. What can be typed into is as private as a field. */
export function veilOf(get: (attribute: string) => unknown): Veil {
  const isThere = (name: string): boolean => get(name) != null;
  if (isThere("data-pulse-ignore")) return IGNORED;
  const isEditable = isThere("contenteditable") && get("contenteditable") !== "false";
  return isThere("data-pulse-mask") || isEditable ? MASKED : SHOWN;
}

/** The thickest over a node: its own, and of all that it is in, shadow roots and frames included. */
export function veilAt(node: Node | null | undefined): Veil {
  let veil: Veil = SHOWN;
  for (let at = node; at; at = outside(at)) {
    // By its type: an element of a frame is no instance of this window's class.
    if (at.nodeType === ELEMENT_NODE)
      veil = thicker(
        veil,
        veilOf((name) => (at as Element).getAttribute(name)),
      );
  }
  return veil;
}

export const thicker = (a: Veil, b: Veil): Veil => (a > b ? a : b);

const outside = (node: Node): Node | null =>
  node.parentNode ??
  (node as Partial<ShadowRoot>).host ??
  (node as Partial<Document>).defaultView?.frameElement ??
  null;

/** 13 to 19 digits with a blank or a dash between, whose last is right (Luhn): a card's number, wherever the page shows it. */
const DIGITS = /\b\d(?:[ -]?\d){12,18}\b/g;

export const maskCards = (text: string): string =>
  text.replace(DIGITS, (found) => (isCard(found) ? maskText(found) : found));

function isCard(text: string): boolean {
  let sum = 0;
  for (const [i, digit] of [...text.replace(/\D/g, "")].reverse().entries()) {
    const value = Number(digit) * (1 + (i % 2));
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/**
 * What a recording has of a field: dots. A secret one's do not even tell how many; one below `data-pulse-show` is shown
 * as it is, unless it is secret or masked.
 */
export function maskField(text: string, field: Element): string {
  if (!text || isSecret(field as Field)) return "•".repeat(8);
  if (field.closest("[data-pulse-show]") && veilAt(field) === SHOWN) return maskCards(text);
  return "•".repeat(Math.min(text.length, 64));
}

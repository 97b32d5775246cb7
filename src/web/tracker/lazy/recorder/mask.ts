import { type Field, isSecret } from "../../form/fields";

/** Decides what of a page must not be seen. */

/** A node is shown, or its text is masked, or it is treated as if it were not there. */
export const SHOWN = 0;
export const MASKED = 1;
export const IGNORED = 2;
export type Veil = typeof SHOWN | typeof MASKED | typeof IGNORED;

export const ELEMENT_NODE = 1;

/** The same for every secret, so that not even its length shows. */
export const DOTS = "•".repeat(8);

export const maskText = (text: string): string => text.replace(/\S/g, "•");

/** Whether a visitor may type into a node: by an attribute, a style, its document's mode, or a script that takes the keys. */
export const isEditable = (node: Node): boolean =>
  Boolean(
    (node as Partial<HTMLElement>).isContentEditable ||
      (node as Partial<{ editContext: unknown }>).editContext ||
      (node as Partial<Document>).designMode === "on",
  );

export const isField = (tag: string): boolean => /^(input|textarea|select)$/i.test(tag);

/** The veil that one node has by itself. What can be typed into is as private as a field. */
export function veilOf(node: Node): Veil {
  if (isEditable(node)) return MASKED;
  // Checked by type, because an element of a frame is no instance of this window's class.
  if (node.nodeType !== ELEMENT_NODE) return SHOWN;
  const element = node as Element;
  if (element.hasAttribute("data-pulse-ignore")) return IGNORED;
  const isFree = (element.getAttribute("contenteditable") ?? "false") === "false";
  return isFree && !element.hasAttribute("data-pulse-mask") ? SHOWN : MASKED;
}

/** The thickest veil over a node: its own, or that of a node that it is in, shadow roots and frames included. */
export function veilAt(node: Node | null | undefined): Veil {
  let veil: Veil = SHOWN;
  for (let at = node; at && veil < IGNORED; at = outside(at)) veil = thicker(veil, veilOf(at));
  return veil;
}

export const thicker = (a: Veil, b: Veil): Veil => (a > b ? a : b);

/** The node that a node is in: its parent, the host of its shadow root, or the frame of its document. */
export const outside = (node: Node): Node | null =>
  node.parentNode ??
  (node as Partial<ShadowRoot>).host ??
  (node as Partial<Document>).defaultView?.frameElement ??
  null;

/** 13 to 19 digits, maybe with blanks or dashes between: a card's number, wherever the page shows it, if Luhn's check fits. */
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

/** Whether a field's entry may be seen, as that of a search box below `data-pulse-show`. Never if it is secret or masked. */
export const isShown = (field: Element): boolean =>
  field.closest("[data-pulse-show]") !== null && !isSecret(field as Field) && veilAt(field) === SHOWN;

/**
 * What a recording has of a field: dots. A secret or empty field always has eight, so that its length does not show. A field below
 * `data-pulse-show` is shown as it is, except for card numbers, unless it is secret or masked.
 */
export function maskField(text: string, field: Element): string {
  if (!text || isSecret(field as Field)) return DOTS;
  return isShown(field) ? maskCards(text) : "•".repeat(Math.min(text.length, 64));
}

import { RECORD_FOUND_UNITS, RECORD_NEAR_TEXTS, RECORD_NEAR_UNITS } from "../../limits";
import type { Finder, Range } from "./finder";
import { DOTS, maskCards, maskText } from "./mask";

/** A text as it is about to be recorded. */
export interface Piece {
  text: string;
  set(text: string): void;
}

/** Replaces what is found with eight dots, or, if it is shorter than `RECORD_FOUND_UNITS`, each of its letters with one. */
export function veiledIn(text: string, ranges: Range[]): string {
  let masked = "";
  let at = 0;
  for (const [start, end] of ranges) {
    const found = text.slice(start, end);
    masked += text.slice(at, start) + (found.length < RECORD_FOUND_UNITS ? maskText(found) : DOTS);
    at = end;
  }
  return masked + text.slice(at);
}

/** Masks entered values and card numbers in texts that follow each other. A value is found even if the page has split it. */
export function maskPieces(pieces: Piece[], finder: Finder): void {
  const found = finder.isEmpty ? [] : finder.find(pieces.map(({ text }) => text).join("\n"));
  let at = 0;
  let next = 0;
  for (const { text, set } of pieces) {
    const end = at + text.length;
    const here: Range[] = [];
    while ((found[next]?.[1] ?? at) < at) next++;
    for (let i = next; (found[i]?.[0] ?? end) < end; i++) {
      const [from = 0, to = 0] = found[i] ?? [];
      if (to > at) here.push([Math.max(from - at, 0), Math.min(to, end) - at]);
    }
    set(finder.isWhole(text) ? DOTS : veiledIn(maskCards(text), here));
    at = end + 1;
  }
}

/** Masks the texts that have changed in a page, each together with the texts beside it. */
export function maskChanged(changed: Map<Node, Piece>, finder: Finder): void {
  const left = new Map(changed);
  if (finder.isEmpty) maskPieces([...changed.values()], finder);
  else for (const node of changed.keys()) if (left.has(node)) maskPieces(around(node, left), finder);
}

/** The texts around `node`, up to the last changed one nearby. Removes the changed ones among them from `left`. */
function around(node: Node, left: Map<Node, Piece>): Piece[] {
  const texts = document.createTreeWalker(node.getRootNode(), NodeFilter.SHOW_TEXT);
  const pieces: Piece[] = [];
  let room = new Room();
  texts.currentNode = node;
  for (let at = texts.previousNode(); room.take(at); at = texts.previousNode())
    pieces.unshift(beside(at, (text) => text.slice(-RECORD_NEAR_UNITS)));
  texts.currentNode = node;
  room = new Room();
  for (let at: Node | null = node; room.take(at); at = texts.nextNode()) {
    const piece = left.get(at);
    // After a changed text, look as far again.
    if (piece) room = new Room();
    left.delete(at);
    pieces.push(piece ?? beside(at, (text) => text.slice(0, RECORD_NEAR_UNITS)));
  }
  return pieces;
}

/** A text that has not changed. It is searched, but not masked. */
const beside = ({ nodeValue }: Node, cut: (text: string) => string): Piece => ({
  text: cut(nodeValue ?? ""),
  set: () => {},
});

/** How much of the page is still looked at on one side. */
class Room {
  #texts = RECORD_NEAR_TEXTS;
  #units = RECORD_NEAR_UNITS;

  take(text: Node | null): text is Node {
    if (!text || this.#units <= 0 || this.#texts-- <= 0) return false;
    this.#units -= text.nodeValue?.length ?? 0;
    return true;
  }
}

import type { RecordedEvent } from "../../../../protocol/recording";
import { type Attributes, type Look, scrubAttributes, scrubbedStyle } from "./attributes";
import type { Finder } from "./finder";
import { IGNORED, isEditable, MASKED, maskText, SHOWN, thicker, type Veil, veilAt, veilOf } from "./mask";
import { maskChanged, maskPieces, type Piece, veiledIn } from "./texts";
import type { Values } from "./values";

/**
 * The last look at an event of rrweb before it is kept. It masks what rrweb's own masking does not know: attributes, addresses,
 * styles, shadow roots, card numbers, and what the page has copied from a field. Changes the event.
 */

export interface Policy {
  /** All text is masked, not only what the page marks. */
  isMasked: boolean;
  values: Values;
  nodeOf(id: number): Node | null;
  cleanUrl: Look["cleanUrl"];
}

/** rrweb's numbers: https://github.com/rrweb-io/rrweb/blob/main/packages/types/src/index.ts */
const FULL_SNAPSHOT = 2;
const INCREMENTAL = 3;
const META = 4;
const MUTATION = 0;
const INPUT = 5;
/** Changed rules of style sheets, declarations in them, and adopted sheets; and names of custom elements. */
const STYLES: unknown[] = [8, 13, 15, 16];
const TEXT_NODE = 3;

/** A serialised node. */
interface Item {
  type: number;
  id: number;
  tagName?: string;
  attributes?: Attributes;
  textContent?: string;
  childNodes?: Item[];
}

interface Mutation {
  adds: { parentId: number; node: Item }[];
  texts: { id: number; value: string | null }[];
  attributes: { id: number; attributes: Attributes }[];
}

/** Returns false if nothing of the event may be kept. */
export function scrub({ type, data }: RecordedEvent, policy: Policy): boolean {
  const all = policy.isMasked ? MASKED : SHOWN;
  if (type === META) {
    const href = policy.cleanUrl(String(data["href"])) ?? "";
    data["href"] = veiledIn(href, policy.values.finder().find(href));
  }
  if (type === FULL_SNAPSHOT) scrubSnapshot(data["node"] as Item, all, policy);
  if (type !== INCREMENTAL) return true;
  if (data["source"] === MUTATION) {
    scrubMutation(data as Partial<Mutation>, all, policy);
    return true;
  }
  const target = typeof data["id"] === "number" ? policy.nodeOf(data["id"]) : null;
  const veil = thicker(all, veilAt(target));
  if (data["source"] === INPUT) scrubInput(data, target, veil);
  if (STYLES.includes(data["source"])) Object.assign(data, scrubbedStyle(data, policy.values.finder()));
  return veil < IGNORED;
}

function scrubSnapshot(node: Item, all: Veil, policy: Policy): void {
  noteAll(node, policy);
  const texts: Piece[] = [];
  const finder = policy.values.finder();
  new Scrubber(policy, finder, (_, piece) => texts.push(piece)).item(node, all, "");
  maskPieces(texts, finder);
}

function scrubMutation(data: Partial<Mutation>, all: Veil, policy: Policy): void {
  const { nodeOf } = policy;
  // Nothing is known of a node that has gone again, so it counts as masked.
  const over = (node: Node | null): Veil => thicker(all, node ? veilAt(node) : MASKED);
  const isSeen = (id: number): boolean => over(nodeOf(id)) < IGNORED;
  data.adds = (data.adds ?? []).filter(({ parentId }) => isSeen(parentId));
  data.texts = (data.texts ?? []).filter(({ id }) => isSeen(id));
  data.attributes = (data.attributes ?? []).filter(({ id }) => isSeen(id));
  for (const { node } of data.adds) noteAll(node, policy);
  const changed = new Map<Node, Piece>();
  const finder = policy.values.finder();
  const scrubber = new Scrubber(policy, finder, (node, piece) => changed.set(node, piece));
  for (const { parentId, node } of data.adds) {
    const parent = nodeOf(parentId);
    scrubber.item(node, over(parent), nameOf(parent));
  }
  for (const text of data.texts) {
    const node = nodeOf(text.id);
    const parent = node?.parentNode ?? null;
    if (text.value)
      scrubber.text(node, { text: text.value, set: (value) => (text.value = value) }, over(parent), nameOf(parent));
  }
  for (const { id, attributes } of data.attributes) {
    const node = nodeOf(id);
    scrubber.attributes(attributes, node, nameOf(node), over(node));
  }
  maskChanged(changed, finder);
}

/** Notes all fields of a part before it is scrubbed, because a value may appear before its field. */
function noteAll(item: Item, policy: Policy): void {
  const { values, nodeOf } = policy;
  const isBlocked = item.attributes?.["rr_width"] !== undefined;
  values[isBlocked ? "noteIn" : "note"](nodeOf(item.id));
  for (const child of item.childNodes ?? []) noteAll(child, policy);
}

/** Scrubs serialised nodes. Texts that may be shown go to `gather`, because they have to be looked at side by side. */
class Scrubber {
  readonly #policy: Policy;
  readonly #finder: Finder;
  readonly #gather: (node: Node, piece: Piece) => void;

  constructor(policy: Policy, finder: Finder, gather: (node: Node, piece: Piece) => void) {
    this.#policy = policy;
    this.#finder = finder;
    this.#gather = gather;
  }

  item(item: Item, over: Veil, parent: string): void {
    const { type, attributes, childNodes = [], textContent, tagName = "" } = item;
    const node = this.#policy.nodeOf(item.id);
    if (type === TEXT_NODE && textContent)
      this.text(node, { text: textContent, set: (text) => (item.textContent = text) }, over, parent);
    const veil = node && type !== TEXT_NODE ? thicker(over, veilOf(node)) : over;
    if (attributes) this.attributes(attributes, node, tagName, veil);
    for (const child of childNodes) this.item(child, veil, tagName);
  }

  text(node: Node | null, piece: Piece, veil: Veil, parent: string): void {
    const { text, set } = piece;
    // A style sheet may be edited by the visitor. Then it is masked like any text.
    if (parent === "style" && !(node?.parentNode && isEditable(node.parentNode)))
      set(String(scrubbedStyle(text, this.#finder)));
    else if (veil !== SHOWN || !node || /^(style|option|textarea)$/.test(parent)) set(maskText(text));
    else this.#gather(node, piece);
  }

  attributes(attributes: Attributes, node: Node | null, tag: string, over: Veil): void {
    const { cleanUrl, values } = this.#policy;
    // A component that has a field inside, or has the type `password`, may copy what is typed into any attribute.
    const isSecret = tag.includes("-") && /^password$/i.test((node as Element | null)?.getAttribute("type") ?? "");
    const veil = thicker(over, isSecret || values.isHost(node) ? MASKED : SHOWN);
    scrubAttributes(attributes, { tag, veil, node, finder: this.#finder, cleanUrl });
  }
}

const nameOf = (node: Node | null): string => (node?.nodeName ?? "").toLowerCase();

/** Which radio button or checkbox was chosen is as much a person's answer as what they type. */
function scrubInput(data: Attributes, target: Node | null, veil: Veil): void {
  const { type = "" } = (target ?? {}) as Partial<HTMLInputElement>;
  if (!/^(radio|checkbox)$/.test(type)) return;
  data["text"] = "";
  if (veil === MASKED) data["isChecked"] = false;
}

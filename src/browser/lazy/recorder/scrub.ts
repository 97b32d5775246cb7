import type { RecordedEvent } from "../../../protocol/recording";
import { IGNORED, MASKED, maskCards, maskText, SHOWN, thicker, type Veil, veilAt, veilOf } from "./mask";

/**
 * The last look at an event of rrweb before it is kept: what its own masking does not know (attributes, addresses, shadow
 * roots, card numbers in a text) goes here. Changes the event.
 */

export interface Policy {
  /** All text is masked, not only where the page says so. */
  isMasked: boolean;
  nodeOf(id: number): Node | null;
  /** An address without secrets; nothing for what is none. */
  cleanUrl(href: string): string | undefined;
}

/** rrweb's numbers: https://github.com/rrweb-io/rrweb/blob/main/packages/types/src/index.ts */
const FULL_SNAPSHOT = 2;
const INCREMENTAL = 3;
const META = 4;
const MUTATION = 0;
const INPUT = 5;
const TEXT_NODE = 3;

type Attributes = Record<string, unknown>;

/** A serialised node. */
interface Item {
  type: number;
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

/** False: nothing of the event may be kept. */
export function scrub({ type, data }: RecordedEvent, policy: Policy): boolean {
  const all = policy.isMasked ? MASKED : SHOWN;
  if (type === META) data["href"] = policy.cleanUrl(String(data["href"])) ?? "";
  if (type === FULL_SNAPSHOT) scrubItem(data["node"] as Item, all, "", policy);
  if (type !== INCREMENTAL) return true;
  if (data["source"] === MUTATION) {
    scrubMutation(data as Partial<Mutation>, all, policy);
    return true;
  }
  const target = typeof data["id"] === "number" ? policy.nodeOf(data["id"]) : null;
  const veil = thicker(all, veilAt(target));
  if (data["source"] === INPUT) scrubInput(data, target, veil);
  return veil < IGNORED;
}

function scrubMutation(data: Partial<Mutation>, all: Veil, policy: Policy): void {
  const { nodeOf } = policy;
  const over = (node: Node | null): Veil => thicker(all, veilAt(node));
  const isSeen = (id: number): boolean => over(nodeOf(id)) < IGNORED;
  data.adds = (data.adds ?? []).filter(({ parentId }) => isSeen(parentId));
  for (const { parentId, node } of data.adds) {
    const parent = nodeOf(parentId);
    scrubItem(node, over(parent), nameOf(parent), policy);
  }
  data.texts = (data.texts ?? []).filter(({ id }) => isSeen(id));
  for (const text of data.texts) {
    const parent = nodeOf(text.id)?.parentNode ?? null;
    if (text.value && nameOf(parent) !== "style") text.value = veiled(text.value, over(parent));
  }
  data.attributes = (data.attributes ?? []).filter(({ id }) => isSeen(id));
  for (const { id, attributes } of data.attributes) {
    const node = nodeOf(id);
    scrubAttributes(attributes, nameOf(node), over(node), policy);
  }
}

const nameOf = (node: Node | null): string => (node?.nodeName ?? "").toLowerCase();

/** Which of several was chosen is as much a person's answer as what they type. */
function scrubInput(data: Attributes, target: Node | null, veil: Veil): void {
  const { type = "" } = (target ?? {}) as Partial<HTMLInputElement>;
  if (!/^(radio|checkbox)$/.test(type)) return;
  data["text"] = "";
  if (veil === MASKED) data["isChecked"] = false;
}

function scrubItem(item: Item, over: Veil, parent: string, policy: Policy): void {
  const { type, attributes, childNodes = [], textContent, tagName = "" } = item;
  if (type === TEXT_NODE && textContent && parent !== "style") item.textContent = veiled(textContent, over);
  const veil = attributes
    ? thicker(
        over,
        veilOf((name) => attributes[name]),
      )
    : over;
  if (attributes) scrubAttributes(attributes, tagName, veil, policy);
  for (const child of childNodes) scrubItem(child, veil, tagName, policy);
}

const veiled = (text: string, veil: Veil): string => (veil === SHOWN ? maskCards(text) : maskText(text));

/** Where an attribute is text that people read. */
const TEXT =
  /^(title|alt|placeholder|label|summary|abbr|value|aria-(label|description|roledescription|valuetext|placeholder))$/;
/** Of the page's own attributes these decide what it looks like, and say nothing of anybody. */
const LOOKS =
  /^data-(theme|bs-theme|color-scheme|mode|state|open|orientation|side|align|variant|size)$|^data-pulse-(mask|ignore)$/;
const URLS = /^(href|src|action|formaction|poster|data|cite|xlink:href)$/;
const SECRET = /token|secret|csrf|nonce|auth|session|passw|(^|-)key$/i;

function scrubAttributes(attributes: Attributes, tag: string, veil: Veil, policy: Policy): void {
  const isField = /^(input|textarea|select)$/.test(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (/^on|^(srcdoc|ping)$/.test(name) || SECRET.test(name) || (tag === "meta" && name === "content")) {
      delete attributes[name];
    } else if (typeof value !== "string") {
      if (veil === MASKED && name === "checked") delete attributes[name];
    } else if (URLS.test(name)) attributes[name] = cleaned(value, veil, policy);
    else if (name === "srcset") delete attributes[name];
    else if (veil === MASKED && /^data-/.test(name) && !LOOKS.test(name)) delete attributes[name];
    // A field's own value is dots by now, or meant to be shown.
    else if (
      TEXT.test(name) &&
      !(isField && name === "value" && !/^(submit|button|reset|radio|checkbox)$/.test(typeOf(attributes)))
    ) {
      attributes[name] = veiled(value, veil);
    }
  }
}

const typeOf = ({ type }: Attributes): string => String(type ?? "").toLowerCase();

/** An image in the address itself stays, unless it may show what is masked; what is no address of the web goes. */
function cleaned(href: string, veil: Veil, { cleanUrl }: Policy): string {
  if (/^data:image\//.test(href)) return veil === SHOWN ? href : "";
  if (/^[#?]/.test(href)) return href;
  try {
    return cleanUrl(new URL(href, document.baseURI).href) ?? "";
  } catch {
    return "";
  }
}

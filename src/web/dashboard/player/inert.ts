import type { PlayedEvent } from "./say";

/**
 * Removes from a recording whatever a browser would fetch for it. The player's content security policy blocks that too;
 * this is the second guard. Changes the events.
 */

type Attributes = Record<string, unknown>;

interface RecordedNode {
  tagName?: string;
  attributes?: Attributes;
  textContent?: string;
  childNodes?: RecordedNode[];
}

/** Attributes that name something to fetch. Only data: images and parts of the page itself may stay. */
const FETCHED = /^(src|srcset|poster|data|background|xlink:href|rr_src|imagesrcset|formaction|action|ping|manifest)$/;
/** Browsers read a url( without its closing bracket to the end of the text, so this does too. */
const URL_IN_CSS = /url\([^)]*\)?/gi;
/** A data: image, or a part of the page itself. */
const IS_HERE = /^url\(\s*["']?(?:data:|#)/i;
const IMPORT_IN_CSS = /@import[^;]*;?/gi;

export const inertCss = (css: string): string =>
  css.replace(IMPORT_IN_CSS, "").replace(URL_IN_CSS, (url) => (IS_HERE.test(url) ? url : "none"));

/** Makes events inert and drops those where that fails: pages may send anything, and one bad event must not cost the rest. */
export const inertOnly = (events: readonly PlayedEvent[]): PlayedEvent[] =>
  events.filter((event) => {
    try {
      inert(event);
      return true;
    } catch {
      return false;
    }
  });

export function inert({ type, data }: PlayedEvent): void {
  if (type === 2) inertNode(data["node"] as RecordedNode, "");
  if (type !== 3) return;
  // `adds` may also hold style rules, which have no node.
  for (const { node } of list<{ node?: RecordedNode }>(data["adds"])) if (node) inertNode(node, "");
  for (const { attributes } of list<{ attributes: Attributes }>(data["attributes"])) inertAttributes(attributes, "");
  for (const text of list<{ value: string | null }>(data["texts"])) if (text.value) text.value = inertCss(text.value);
  inertRules(data);
}

/** Style rules have several shapes, with their text under one of three names. */
function inertRules(data: Attributes): void {
  for (const rule of [data, ...list<Attributes>(data["adds"]), ...list<{ rules?: Attributes[] }>(data["styles"])]) {
    for (const one of [rule, ...list<Attributes>((rule as Attributes)["rules"])] as Attributes[]) {
      for (const name of ["rule", "replace", "replaceSync"]) {
        const css = one[name];
        if (typeof css === "string") one[name] = inertCss(css);
      }
    }
  }
  const set = data["set"] as { value?: unknown } | undefined;
  if (typeof set?.value === "string") set.value = inertCss(set.value);
}

const list = <T>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : []);

function inertNode(item: RecordedNode, parent: string): void {
  const { tagName = "", attributes, childNodes = [] } = item;
  if (attributes) inertAttributes(attributes, tagName);
  if (parent === "style" && item.textContent) item.textContent = inertCss(item.textContent);
  for (const child of childNodes) inertNode(child, tagName);
}

function inertAttributes(attributes: Attributes, tag: string): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (/^on|^(srcdoc|autofocus)$/i.test(name)) delete attributes[name];
    else if (name === "style" || name === "_cssText") inertStyle(attributes, name, value);
    else if (typeof value !== "string" || /^(data:image\/|#)/.test(value)) continue;
    else if (FETCHED.test(name)) delete attributes[name];
    // A link still looks like one, but leads nowhere.
    else if (name === "href") attributes[name] = /^(a|area|)$/.test(tag) ? "#" : "";
  }
}

/** A style is a text, or an object of the properties that changed. */
function inertStyle(attributes: Attributes, name: string, value: unknown): void {
  if (typeof value === "string") attributes[name] = inertCss(value);
  else if (typeof value === "object" && value !== null) {
    const properties = value as Attributes;
    for (const [property, text] of Object.entries(properties)) {
      if (typeof text === "string") properties[property] = inertCss(text);
      else if (Array.isArray(text))
        properties[property] = text.map((part) => (typeof part === "string" ? inertCss(part) : part));
    }
  }
}

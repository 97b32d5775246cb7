import type { PlayedEvent } from "./say";

/**
 * Takes out of a recording whatever a browser would fetch for it. The player's policy would not let it; but a page that
 * asks for nothing needs no policy to be quiet. Changes the events.
 */

type Attributes = Record<string, unknown>;

interface Item {
  tagName?: string;
  attributes?: Attributes;
  textContent?: string;
  childNodes?: Item[];
}

/** Attributes that name something to fetch; an image within the address itself may stay. */
const FETCHED = /^(src|srcset|poster|data|background|xlink:href|rr_src|imagesrcset|formaction|action|ping|manifest)$/;
/** One without a bracket at its end goes on to the end of the text, for browsers too. */
const URL_IN_CSS = /url\([^)]*\)?/gi;
/** An image within the address itself, or a part of the page. */
const IS_HERE = /^url\(\s*["']?(?:data:|#)/i;
const IMPORT_IN_CSS = /@import[^;]*;?/gi;

export const inertCss = (css: string): string =>
  css.replace(IMPORT_IN_CSS, "").replace(URL_IN_CSS, (url) => (IS_HERE.test(url) ? url : "none"));

/** Those that can be made inert. A page sends what it likes: one event that nobody understands costs no other. */
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
  if (type === 2) inertItem(data["node"] as Item, "");
  if (type !== 3) return;
  // Style rules are added under the same name, without a node.
  for (const { node } of list<{ node?: Item }>(data["adds"])) if (node) inertItem(node, "");
  for (const { attributes } of list<{ attributes: Attributes }>(data["attributes"])) inertAttributes(attributes, "");
  for (const text of list<{ value: string | null }>(data["texts"])) if (text.value) text.value = inertCss(text.value);
  inertRules(data);
}

/** Style rules come in several shapes, all with their text under one of a few names. */
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

function inertItem(item: Item, parent: string): void {
  const { tagName = "", attributes, childNodes = [] } = item;
  if (attributes) inertAttributes(attributes, tagName);
  if (parent === "style" && item.textContent) item.textContent = inertCss(item.textContent);
  for (const child of childNodes) inertItem(child, tagName);
}

function inertAttributes(attributes: Attributes, tag: string): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (/^on|^(srcdoc|autofocus)$/i.test(name)) delete attributes[name];
    else if (name === "style" || name === "_cssText") inertStyle(attributes, name, value);
    else if (typeof value !== "string" || /^(data:image\/|#)/.test(value)) continue;
    else if (FETCHED.test(name)) delete attributes[name];
    // A link stays one to look at.
    else if (name === "href") attributes[name] = /^(a|area|)$/.test(tag) ? "#" : "";
  }
}

/** As text, or as the properties that have changed. */
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

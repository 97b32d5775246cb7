import { findInCss } from "./css";
import type { Finder } from "./finder";
import { DOTS, isField, maskCards, maskField, maskText, SHOWN, type Veil } from "./mask";
import { veiledIn } from "./texts";

export type Attributes = Record<string, unknown>;

/** What decides how an element's attributes are masked. */
export interface Look {
  tag: string;
  veil: Veil;
  /** Null if it has just been removed. */
  node: Node | null;
  finder: Finder;
  /** An address without secrets. Undefined if it is no address of the web. */
  cleanUrl(href: string): string | undefined;
}

/** Attributes that are never recorded. */
const NEVER = /^on|^(srcdoc|ping|srcset)$|token|secret|csrf|nonce|auth|session|passw|(^|-)key$/i;
/** Attributes that people read. They are masked where text is. */
const TEXT =
  /^(title|alt|placeholder|label|summary|abbr|value|aria-(label|description|roledescription|valuetext|placeholder))$/;
const URLS = /^(href|src|action|formaction|poster|data|cite|xlink:href)$/;
/** Attributes that stay as they are under a mask: what an element is and looks like, but nothing that it says. */
const LAYOUT = new RegExp(
  `^(${[
    "id|class|style|type|role|dir|lang|hidden|inert|open|disabled|readonly|multiple|contenteditable|tabindex|for|slot|part",
    "width|height|size|rows|cols|wrap|v?align|nowrap|bgcolor|color|border|cell(padding|spacing)|(col|row)span",
    "span|start|rel|media|variant|appearance|placement|shape|_cssText|aria-(hidden|expanded|disabled|modal|orientation)",
    "data-(theme|bs-theme|color-scheme|mode|state|open|orientation|side|align|variant|size|pulse-.*)",
    // Drawings, and what rrweb adds.
    "rr_.*|xmlns.*|viewBox|preserve.*|d|r|[xy][12]?|[cdfr][xy]|points|transform|offset|opacity|mask|filter",
    "(stroke|fill|stop|clip|font|text|marker).*",
  ].join("|")})$`,
  "i",
);
/** Names that components give to a copy of their content. */
const COPY = /(^|-)(value|text|content|input|query|search)$/;
/** Attributes that hold no words: a short value is not looked for in them. */
const MEASURES = /^(rr_.*|width|height|size|rows|cols|colspan|rowspan|span|tabindex|[xyr]|[xy][12]|[cdfr][xy])$/;

export function scrubAttributes(attributes: Attributes, look: Look): void {
  for (const [name, value] of Object.entries(attributes)) {
    const isOurs = LAYOUT.test(name) || TEXT.test(name) || URLS.test(name);
    const isGone =
      NEVER.test(name) ||
      (look.tag === "meta" && name === "content") ||
      (look.tag === "option" && name === "selected") ||
      (!isOurs && (look.veil !== SHOWN || look.finder.find(name).length > 0));
    if (isGone) delete attributes[name];
    else attributes[name] = scrubbedValue(name, value, attributes, look);
  }
}

function scrubbedValue(name: string, value: unknown, attributes: Attributes, look: Look): unknown {
  const { tag, node, veil, finder } = look;
  if (name === "style" || name === "_cssText")
    return scrubbedStyle(name === "style" ? quiet(value, veil) : value, finder);
  if (typeof value !== "string" || value === "") return value;
  const { type } = { ...(node as Partial<HTMLInputElement> | null), ...attributes };
  if (name === "value" && isField(tag) && !/^(submit|button|reset|radio|checkbox)$/.test(String(type)))
    return node ? maskField(value, node as Element) : DOTS;
  if (COPY.test(name) && (tag === "option" || tag.includes("-"))) return DOTS;
  if (URLS.test(name)) return inText(cleaned(value, look), finder);
  if (TEXT.test(name)) return veil === SHOWN ? inText(maskCards(value), finder, name) : maskText(value);
  return inText(value, finder, name);
}

function inText(text: string, finder: Finder, name = ""): string {
  if (finder.isEmpty || /^(true|false)?$/.test(text)) return text;
  if (finder.isWhole(text, false) && !MEASURES.test(name)) return DOTS;
  return veiledIn(text, finder.find(text));
}

/** Scrubs a style sheet or a style. It is an object if rrweb reports the changes of one. */
export function scrubbedStyle(style: unknown, finder: Finder): unknown {
  if (typeof style === "string") return finder.isWhole(style, false) ? DOTS : veiledIn(style, findInCss(style, finder));
  if (typeof style !== "object" || style === null) return style;
  if (Array.isArray(style)) return style.map((one) => scrubbedStyle(one, finder));
  return Object.fromEntries(
    Object.entries(style)
      .filter(([name]) => !name.startsWith("--") || finder.find(name).length === 0)
      .map(([name, value]) => [name, scrubbedStyle(value, finder)]),
  );
}

/** Under a mask a style keeps how something looks, but no custom property with words. */
const quiet = (style: unknown, veil: Veil): unknown =>
  typeof style === "string" && veil !== SHOWN
    ? style
        .split(";")
        .filter((one) => !/^\s*--.*["']/.test(one))
        .join(";")
    : style;

/** An image in the address itself stays, unless it may show something masked. What is no address of the web is removed. */
function cleaned(href: string, { veil, cleanUrl }: Look): string {
  if (/^data:image\//.test(href)) return veil === SHOWN ? href : "";
  if (href.startsWith("#")) return href;
  try {
    return cleanUrl(new URL(href, document.baseURI).href) ?? "";
  } catch {
    return "";
  }
}

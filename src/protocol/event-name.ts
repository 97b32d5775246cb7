import { MAX_NAME_UNITS, MAX_RAW_NAME_UNITS } from "../limits";
import { hashText } from "./hash";
import { cleanText } from "./text";

/**
 * How events are called. A name is any text; what counts goes by slugs. A name that is a slug is its own; of any other, a free
 * name, a slug is made: what can be read of it, `.x`, and a hash that tells it from every other. No built-in type has that form,
 * so a free name never becomes one. Pure.
 */

const SLUG = /^[a-z][a-z0-9_.]{0,63}$/;
/** How a made slug ends. A name that is written like this is a free one: nobody else takes what was made of another name. */
const MADE = /\.x[0-9a-f]{10}$/;
const MADE_UNITS = 12;
const STEM_UNITS = MAX_NAME_UNITS - MADE_UNITS;
/** Control characters, and the two that end a line without being one. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** What nobody sees, or what turns the text around it: a name with them would look like another. Not the joiners that scripts need. */
const INVISIBLE = /[\u200b\u200e\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]/g;

export interface EventName {
  /** A slug: `[a-z][a-z0-9_.]{0,63}`. */
  event_type: string;
  /** The free name that the slug was made of; 1 to 64 UTF-16 units. */
  name?: string;
}

const isPlain = (text: string): boolean => SLUG.test(text) && !MADE.test(text);

/** Whether a type has a name beside it, which is kept elsewhere. */
export const isMade = (type: string): boolean => SLUG.test(type) && MADE.test(type);

/** A name as it is kept: what is not stored is gone, and the same letters are the same text. Empty where it is no name. */
function normalName(raw: string): string {
  if (raw.length > MAX_RAW_NAME_UNITS) return "";
  const name = cleanText(raw).replace(INVISIBLE, "").trim().normalize("NFC");
  return name.length <= MAX_NAME_UNITS && !UNSEEN.test(name) ? name : "";
}

/** Whether an event may be called so. Most are called by a slug, and need no closer look. */
export const isEventName = (raw: string): boolean => isPlain(raw) || normalName(raw) !== "";

/** By what an event goes that is called so; `raw` is a name that may be. */
export function readName(raw: string): EventName {
  if (isPlain(raw)) return { event_type: raw };
  const name = normalName(raw);
  return isPlain(name) ? { event_type: name } : freeName(name);
}

/** A free name, and its slug. */
export const freeName = (name: string): EventName => ({ event_type: `${stemOf(name)}.x${hashOf(name)}`, name });

/** As much of a text as a name may have, and no half of a character. */
export const cutName = (text: string): string => cleanText(text.slice(0, MAX_NAME_UNITS)).trim();

/** What Latin letters and digits a name has, so that a slug says something to whoever reads it. */
function stemOf(name: string): string {
  const bare = name.normalize("NFD").toLowerCase().replace(/\p{M}/gu, "");
  const words = bare.replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "");
  const stem = /^[a-z]/.test(words) ? words : ["event", words].filter(Boolean).join("_");
  return stem.slice(0, STEM_UNITS).replace(/_$/, "");
}

/** 10 hexadecimal digits. Whoever wants another name's may send that name as well. */
function hashOf(name: string): string {
  const [a, b] = hashText(name).map((hash) => hash.toString(16).padStart(8, "0"));
  return `${a}${b?.slice(0, 2)}`;
}

import { MAX_NAME_UNITS, MAX_RAW_NAME_UNITS } from "../limits";
import { hashText } from "./hash";
import { cleanText } from "./text";

/**
 * The names of events. A name may be any text, but events are stored and counted by slugs. A name that is a slug stays as it is.
 * Any other, a free name, gets a slug: its Latin letters and digits, `.x`, and a hash that tells it from other names. No built-in
 * type has that form, so a free name never becomes one. Pure.
 */

const SLUG = /^[a-z][a-z0-9_.]{0,63}$/;
/** How a made slug ends. A name of this form counts as a free name, so that nobody can take the slug of another name. */
const MADE = /\.x[0-9a-f]{10}$/;
const MADE_UNITS = 12;
const STEM_UNITS = MAX_NAME_UNITS - MADE_UNITS;
/** Control characters, and two line separators that are not among those. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/**
 * Characters that are invisible or change the direction of text: a name with them would look like another. The joiners that some
 * scripts need are not among them.
 */
const INVISIBLE = /[\u200b\u200e\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]/g;

export interface EventName {
  /** A slug: `[a-z][a-z0-9_.]{0,63}`. */
  event_type: string;
  /** The free name that the slug was made from; 1 to 64 UTF-16 units. */
  name?: string;
}

const isPlain = (text: string): boolean => SLUG.test(text) && !MADE.test(text);

/** Whether the type is a made slug, whose free name is stored elsewhere. */
export const isMade = (type: string): boolean => SLUG.test(type) && MADE.test(type);

/** A name as it is stored: without invisible characters, trimmed, in NFC. Empty if it is no valid name. */
function normalName(raw: string): string {
  if (raw.length > MAX_RAW_NAME_UNITS) return "";
  const name = cleanText(raw).replace(INVISIBLE, "").trim().normalize("NFC");
  return name.length <= MAX_NAME_UNITS && !UNSEEN.test(name) ? name : "";
}

/** Whether a text is a valid name. Most are slugs, which need no closer look. */
export const isEventName = (raw: string): boolean => isPlain(raw) || normalName(raw) !== "";

/** The slug of a valid name, and the free name if it is one. */
export function readName(raw: string): EventName {
  if (isPlain(raw)) return { event_type: raw };
  const name = normalName(raw);
  return isPlain(name) ? { event_type: name } : freeName(name);
}

/** A free name, and its slug. */
export const freeName = (name: string): EventName => ({ event_type: `${stemOf(name)}.x${hashOf(name)}`, name });

/** A text cut to the length of a name, without half a character at its end. */
export const cutName = (text: string): string => cleanText(text.slice(0, MAX_NAME_UNITS)).trim();

/** The readable part of a slug: the name's Latin letters and digits. */
function stemOf(name: string): string {
  const bare = name.normalize("NFD").toLowerCase().replace(/\p{M}/gu, "");
  const words = bare.replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "");
  const stem = /^[a-z]/.test(words) ? words : ["event", words].filter(Boolean).join("_");
  return stem.slice(0, STEM_UNITS).replace(/_$/, "");
}

/** 10 hex digits. Whoever makes a collision on purpose gains nothing, because they could send the other name itself. */
function hashOf(name: string): string {
  const [a, b] = hashText(name).map((hash) => hash.toString(16).padStart(8, "0"));
  return `${a}${b?.slice(0, 2)}`;
}

import { MAX_NAME_POINTS } from "../../limits";
import { cleanText } from "../../protocol/text";

/** Names that people type: of campaigns, of sources, of media. Pure. */

/** More units than any name has. The rest is cut off before anything looks at the text. */
const MAX_READ_UNITS = 4 * MAX_NAME_POINTS;

/** The first `count` characters of a text. A character is never cut in half, as `slice` would cut an emoji. */
export function cutText(text: string, count: number): string {
  // No more units than characters: nothing to cut, and most texts end here.
  if (text.length <= count) return text;
  return [...text.slice(0, 2 * count)].slice(0, count).join("");
}

/**
 * A name as it is stored and looked for: in lower case, because names are typed by hand, and at most 64 characters long, because an
 * address may hold anything. Null for an empty one. Reading a name again changes nothing.
 */
export function nameOf(text: string | null | undefined): string | null {
  if (!text) return null;
  const typed = cleanText(text.slice(0, MAX_READ_UNITS)).trim().toLowerCase().normalize("NFC");
  return cutText(typed, MAX_NAME_POINTS).trimEnd() || null;
}

/** Rules for what an address or a text may say. Pure: the page and the Worker use the same. */

/** Replaces a secret. It is no secret itself, so that cleaning a clean text changes nothing. */
export const HIDDEN = ":secret";

export interface Rules {
  /** What the site allows: names of parameters and of data, and patterns of values, with `*` for anything. */
  allow: readonly string[];
  /** Whether a parameter is removed for another reason: the page knows the names of fields that were typed into. */
  drops?(name: string): boolean;
}

/** Whether a text matches a pattern. Not by an expression, which would be slow with many stars. */
function fits(text: string, pattern: string): boolean {
  const parts = pattern.split("*");
  const last = parts.pop() ?? "";
  let at = 0;
  let isFirst = true;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0 || (found && isFirst)) return false;
    at = found + part.length;
    isFirst = false;
  }
  return parts[0] === undefined ? text === last : text.slice(at).endsWith(last);
}

export const isAllowed = (text: string, { allow }: Rules): boolean => allow.some((pattern) => fits(text, pattern));

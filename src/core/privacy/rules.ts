/** What an address or a text may say. Pure: the page and the Worker go by the same rules. */

/** Stands where a secret was. It is no secret itself, so that what is clean stays as it is. */
export const HIDDEN = ":secret";

export interface Rules {
  /** What the site allows: names of parameters and of data, and patterns of values, with `*` for anything. */
  allow: readonly string[];
  /** A parameter that goes for another reason: the page knows the names of filled-in fields. */
  drops?(name: string): boolean;
}

/** Whether a text is what a pattern says. Without an expression, which would take its time over many stars. */
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

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/**
 * Whether JSON text nests deeper than `levels`. Checked in one pass before the text is parsed, because brackets alone would become
 * millions of arrays. Text that is no JSON may pass: the parser refuses it.
 */
export function isTooDeep(text: string, levels: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === QUOTE) i = endOfString(text, i);
    else if (unit === LIST || unit === OBJECT) {
      depth += 1;
      if (depth > levels) return true;
    } else if (unit === LIST_END || unit === OBJECT_END) depth -= 1;
  }
  return false;
}

/** The index of the quote that ends the string which begins at `start`; the text's length if none does. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}

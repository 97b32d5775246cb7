/** Where Prototype.js and its kind put a `toJSON` that makes text of every list. */
const list = Array.prototype as { toJSON?: unknown };

/** JSON as the language has it, whatever the page has made of lists. */
export function toJson(value: unknown): string {
  const { toJSON } = list;
  delete list.toJSON;
  try {
    return JSON.stringify(value);
  } finally {
    if (toJSON) list.toJSON = toJSON;
  }
}

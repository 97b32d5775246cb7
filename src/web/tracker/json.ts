/** Libraries such as Prototype.js put a `toJSON` here that turns every list into text. */
const list = Array.prototype as { toJSON?: unknown };

/** JSON of a value, without using such a `toJSON` of the page. */
export function toJson(value: unknown): string {
  const { toJSON } = list;
  delete list.toJSON;
  try {
    return JSON.stringify(value);
  } finally {
    if (toJSON) list.toJSON = toJSON;
  }
}

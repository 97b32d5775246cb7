import { MAX_JSON_DEPTH } from "../limits";
import { isTooDeep } from "./depth";

/** Why a body cannot be used. The code and the detail go back to the client. */
export interface Refusal {
  code: string;
  detail: string;
  /** The places where the body breaks its schema. */
  errors?: { path: string; message: string }[];
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

const refuse = (code: string, detail: string): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: { code, detail },
});

// With the u flag \p{Cs} matches only surrogates that stand alone.
const UNSTORABLE = /\0|\p{Cs}/gu;

/** Text as it may be stored: without NUL and lone surrogates. */
export const cleanText = (text: string): string => text.replace(UNSTORABLE, "");

/**
 * Parses JSON into a value that may be stored: not deeper than `levels`, without a `__proto__` key, and without NUL and lone
 * surrogates in strings and keys. SQLite would store a surrogate as invalid UTF-8, and hide what follows a NUL.
 */
export function parseJson(text: string, levels = MAX_JSON_DEPTH): Parsed<unknown> {
  if (isTooDeep(text, levels)) return refuse("too_deep", `JSON may be nested at most ${levels} levels.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("invalid_json", "The body is not JSON.");
  }
  // Both arrive in JSON only as escapes, so a text without "\u" needs no second look at its strings.
  return scrub(value, text.includes("\\u"));
}

/** `dirty`: some string may hold what cannot be stored. Recursive, which is safe because the depth has been checked. */
function scrub(value: unknown, dirty: boolean): Parsed<unknown> {
  if (typeof value === "string") return { ok: true, value: dirty ? cleanText(value) : value };
  if (typeof value !== "object" || value === null) return { ok: true, value };
  return Array.isArray(value) ? scrubArray(value, dirty) : scrubObject(value, dirty);
}

function scrubArray(list: unknown[], dirty: boolean): Parsed<unknown> {
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    if (!dirty && (typeof item !== "object" || item === null)) continue;
    const part = scrub(item, dirty);
    if (!part.ok) return part;
    list[i] = part.value;
  }
  return { ok: true, value: list };
}

function scrubObject(object: object, dirty: boolean): Parsed<unknown> {
  const record = object as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    const name = dirty ? cleanText(key) : key;
    if (name === "__proto__") return refuse("forbidden_key", 'The key "__proto__" is not allowed.');
    const item = record[key];
    if (!dirty && (typeof item !== "object" || item === null)) continue;
    const part = scrub(item, dirty);
    if (!part.ok) return part;
    if (name !== key) delete record[key];
    record[name] = part.value;
  }
  return { ok: true, value: record };
}

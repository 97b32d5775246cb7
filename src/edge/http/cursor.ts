import type * as z from "zod";
import { fromBase64Url, toBase64Url, utf8 } from "../../core/bytes";
import { invalidQuery } from "../../protocol/problem";

/** A cursor is opaque to clients: the name of its list and the place of a row in it, as JSON in base64url. */
export const writeCursor = (list: string, ...place: (string | number)[]): string =>
  toBase64Url(utf8(JSON.stringify([list, ...place])));

/** The place that a cursor of this list names; null without a cursor; 400 for any other text. */
export function readCursor<T extends z.ZodType>(list: string, place: T, text: string | undefined): z.infer<T> | null {
  if (text === undefined) return null;
  const parsed = place.safeParse(placeIn(list, text));
  if (parsed.success) return parsed.data;
  throw invalidQuery("cursor", "is no cursor of this list");
}

function placeIn(list: string, text: string): unknown {
  const bytes = fromBase64Url(text);
  if (!bytes) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return Array.isArray(value) && value[0] === list ? value.slice(1) : null;
  } catch {
    return null;
  }
}

import type * as z from "zod";
import { invalidQuery } from "../../protocol/problem";

/** Cursors are opaque to clients: a list of JSON values, base64url, with the name of the list they belong to. */
export const writeCursor = (list: string, ...place: (string | number)[]): string =>
  btoa(JSON.stringify([list, ...place]))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** The place a cursor of this list names; null without one; 400 for any other text. */
export function readCursor<T extends z.ZodType>(list: string, place: T, text: string | undefined): z.infer<T> | null {
  if (text === undefined) return null;
  const parsed = place.safeParse(placeOf(list, text));
  if (parsed.success) return parsed.data;
  throw invalidQuery("cursor", "is no cursor of this list");
}

function placeOf(list: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
    return Array.isArray(value) && value[0] === list ? value.slice(1) : null;
  } catch {
    return null;
  }
}

import { comparable } from "./comparable";
import type { Contact } from "./lead";

/** Pure: how leads are found by text. */

/** Stands between fields. Nobody types it, so nothing is found that begins in one field and ends in the next. */
const BETWEEN = "\u001f";

/** What a submit can be found by: name, email, phone and message, in comparable form. */
export const searchText = ({ name, email, phone, message }: Contact): string =>
  [name, email, phone, message].map((text) => comparable(text ?? "").replaceAll(BETWEEN, " ")).join(BETWEEN);

/**
 * A query in comparable form. A query of marks alone would be empty, so it stays as it is, and finds nothing: no comparable text
 * has marks.
 */
export const searchedText = (query: string): string => comparable(query).replaceAll(BETWEEN, " ") || query;

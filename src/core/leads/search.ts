import { comparable } from "./comparable";
import type { Contact } from "./lead";

/** Pure: how leads are found by text. */

/** Between fields: nobody types it, so nothing is found that begins in one field and ends in the next. */
const BETWEEN = "\u001f";

/** What a submit can be found by: name, email, phone and message, in comparable form. */
export const searchText = ({ name, email, phone, message }: Contact): string =>
  [name, email, phone, message].map((text) => comparable(text ?? "").replaceAll(BETWEEN, " ")).join(BETWEEN);

/** What is looked for in it; never empty, as marks alone would be: those are in no comparable text. */
export const searchedText = (query: string): string => comparable(query).replaceAll(BETWEEN, " ") || query;

import { MAX_HEADER_UNITS } from "../limits";

/** What is read of a header: no expression sees more than this, however long it is. Null without one. */
export const headerOf = (headers: Headers, name: string, units = MAX_HEADER_UNITS): string | null =>
  headers.get(name)?.slice(0, units) ?? null;

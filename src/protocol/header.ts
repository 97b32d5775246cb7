import { MAX_HEADER_UNITS } from "../limits";

/** A header's value, cut, so that no regular expression gets a very long text. Null if the header is missing. */
export const headerOf = (headers: Headers, name: string, units = MAX_HEADER_UNITS): string | null =>
  headers.get(name)?.slice(0, units) ?? null;

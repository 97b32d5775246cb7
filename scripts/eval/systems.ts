// Which classes our table of autonomous systems gives to a list of them that somebody else has made.
import { readFileSync } from "node:fs";
import { tools } from "./fold.ts";

/** The numbers of a list, one a line: `AS174 # a note`, `174,"a name"` or `174`. */
export function listed(path: string) {
  const lines = readFileSync(path, "utf8").split("\n");
  const numbers = lines.map((line) => Number(/^\s*(?:AS)?(\d{1,10})\b/i.exec(line)?.[1] ?? 0));
  return [...new Set(numbers)].filter((asn) => asn > 0);
}

/** How many of these are of each class; `none` counts those without a class. */
export function classesOf(asns: number[]) {
  const counts: Record<string, number> = {};
  for (const asn of asns) {
    const kind = tools.asnClass(asn).kind ?? "none";
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

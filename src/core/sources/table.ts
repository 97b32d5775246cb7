import brandsText from "./brands.txt";
import listedText from "./listed.txt";

/** The two tables of brands: brands.txt, by hand, and listed.txt, made by scripts/brands.ts. Read when first asked. */

/** What visitors come to a brand for, or how it sends them on. */
export type BrandKind = "search" | "social" | "email" | "ai" | "ads" | "affiliate" | "referral";

export interface Brand {
  name: string;
  kind: BrandKind;
}

export interface BrandTable {
  /** By host, and by the package of an app. */
  hosts: ReadonlyMap<string, Brand>;
  /** For `google.*` and `news.google.*`: by what stands before the public suffix. */
  labels: ReadonlyMap<string, Brand>;
  /** By a typed name in the form of `keyOf`. */
  names: ReadonlyMap<string, Brand>;
}

/** A typed name without what separates its words: `face_book` and `face-book` are one. It is in lower case already. */
export const keyOf = (name: string): string => name.replace(/[\s_-]+/g, "");

function readTable(text: string): BrandTable {
  const [hosts, labels, names] = [new Map<string, Brand>(), new Map<string, Brand>(), new Map<string, Brand>()];
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [kind = "", written = "", ...words] = line.split(" ");
    const brand: Brand = { name: written.replaceAll("_", " "), kind: kind as BrandKind };
    if (!names.has(keyOf(brand.name))) names.set(keyOf(brand.name), brand);
    for (const word of words) {
      if (word.endsWith(".*")) labels.set(word.slice(0, -2), brand);
      else if (word.includes(".")) hosts.set(word, brand);
      else names.set(keyOf(word), brand);
    }
  }
  return { hosts, labels, names };
}

let own: BrandTable | undefined;
let listed: BrandTable | undefined;

export const ownTable = (): BrandTable => (own ??= readTable(brandsText));
export const listedTable = (): BrandTable => (listed ??= readTable(listedText));

import type { AsnClass } from "./classes";
import table from "./tables/asn.txt";

interface AsnFacts {
  /** Null: not known, or of no class. */
  kind: AsnClass | null;
  /** Whose network it is, for relays, VPNs, Tor and corporate proxies. */
  provider: string | null;
}

const UNKNOWN: AsnFacts = { kind: null, provider: null };

/** The table is made by `npm run tables`; it is read when the first request asks. */
let classes: Map<number, AsnFacts> | undefined;

function read(): Map<number, AsnFacts> {
  const read = new Map<number, AsnFacts>();
  for (const line of table.split("\n")) {
    const [, named, name] = /^@(\w+) (.*)$/.exec(line) ?? [];
    const asn = Number.parseInt(named ?? "", 36);
    const facts = read.get(asn);
    if (facts && name) read.set(asn, { ...facts, provider: name });
    else if (/^[a-z]+:/.test(line)) readClass(read, line);
  }
  return read;
}

/** `hosting:4u bx …`: the class, then each number as its distance from the one before. */
function readClass(into: Map<number, AsnFacts>, line: string): void {
  const [kind = "", list = ""] = line.split(":");
  let asn = 0;
  for (const step of list.split(" ")) {
    asn += Number.parseInt(step, 36);
    into.set(asn, { kind: kind as AsnClass, provider: null });
  }
}

export function asnClass(asn: number | null): AsnFacts {
  classes ??= read();
  return (asn === null ? undefined : classes.get(asn)) ?? UNKNOWN;
}

/**
 * Visitor ids that can be proven: each is a hash of a secret that only the visitor's device has. A caller who shows the secret is
 * the visitor, and no store has to remember anything for that.
 */

/** Keeps this hash apart from any other hash of the same secret. */
const PURPOSE = "pulsegate visitor\n";

/** A UUID of version 8 (RFC 9562): the first 16 bytes of a SHA-256, less the six bits that name version and variant. */
export async function visitorOf(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(PURPOSE + secret));
  // Also runs in browsers, and many of those have no `toHex` yet.
  const hex = [...new Uint8Array(digest, 0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const variant = "89ab".charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20)].join("-");
}

const VERSION_8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether an id can be made of a secret. Any other id may be used by anybody. */
export const isProvable = (visitor_id: string): boolean => VERSION_8.test(visitor_id);

/** The visitor whom a session names, and whether it has shown their secret. */
export interface NamedVisitor {
  visitor_id: string | null;
  /** Absent: not proven. */
  visitor_proven?: true;
}

/** Whether the visitor named is a claim: their id can be proven, and was not. */
export const isClaim = (named: NamedVisitor | null): boolean =>
  named?.visitor_id != null && isProvable(named.visitor_id) && !named.visitor_proven;

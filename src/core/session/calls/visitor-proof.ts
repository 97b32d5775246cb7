import { toHex } from "../../bytes";
import { isWithin } from "./domain";
import { isProvable } from "./visitor-id";

/**
 * Proofs for the hosts of one domain: a page that has shown a visitor's secret on one host gets a proof, which pages of the other
 * hosts may show in place of the secret. It is a keyed hash, so no store has to remember it.
 */
export interface Proven {
  site: string;
  /** The domain that the hosts share: `shop.example`. */
  domain: string;
  visitor_id: string;
}

const text = new TextEncoder();

/** The server's secret has other uses: this prefix keeps their hashes apart. */
const keyOf = (secret: string): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", text.encode(`visitor:${secret}`), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);

const messageOf = ({ site, domain, visitor_id }: Proven): BufferSource =>
  text.encode(JSON.stringify([site, domain, visitor_id])) as Uint8Array<ArrayBuffer>;

/** The domain that a start names, if a page of `origin` is on one of its hosts; else null. */
export function sharedDomain(domain: string | null | undefined, origin: string | null): string | null {
  if (domain == null || origin === null || !URL.canParse(origin)) return null;
  return isWithin(domain, new URL(origin).hostname) ? domain : null;
}

/** 64 hex digits. */
export async function proofOf(secret: string, proven: Proven): Promise<string> {
  return toHex(await crypto.subtle.sign("HMAC", await keyOf(secret), messageOf(proven)));
}

/** Whether a proof is this visitor's, compared in constant time. `proof`: 64 hex digits. */
export async function isProof(proof: string, secret: string, proven: Proven): Promise<boolean> {
  if (!isProvable(proven.visitor_id)) return false;
  const bytes = Uint8Array.fromHex(proof);
  return crypto.subtle.verify("HMAC", await keyOf(secret), bytes, messageOf(proven));
}

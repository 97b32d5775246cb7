import { sha256 } from "../session/call";

/** Who a lead is, as far as it can be told: names and keys made by hashing, so that no table of them names anyone. */

/**
 * The id of a submit: the same for the same site and key, so that a retry meets the actor of the first try, at whatever
 * time and however many at once. A UUID of version 8 (RFC 9562: the bits are the maker's own).
 */
export async function submissionId(site: string, key: string): Promise<string> {
  const hex = await sha256(JSON.stringify(["submission", site, key]));
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

export interface Known {
  visitor_id: string | null;
  /** In the form addresses are compared in. */
  email: string | null;
  /** E.164. */
  phone: string | null;
}

/** Claim keys, the strongest first: a visitor is one browser, an address one person, a phone may be a household's. */
export function claimKeys({ visitor_id, email, phone }: Known): Promise<string[]> {
  const known = [
    ["visitor", visitor_id],
    ["email", email],
    ["phone", phone],
  ].filter(([, value]) => value !== null);
  return Promise.all(known.map(async (pair) => (await sha256(JSON.stringify(pair))).slice(0, 32)));
}

import { sha256 } from "../sha256";
import { comparable } from "./comparable";

/** Whom a submit is from, as far as that can be told. Names and keys are hashes, so that no table of them names anyone. */

export interface KnownContact {
  visitor_id: string | null;
  /** A visitor id that is named and not proven, although it could be. */
  claimed_id?: string | null;
  /** In the form in which addresses are compared. */
  email: string | null;
  /** E.164. */
  phone: string | null;
  /** The digits of a phone that could not be placed. */
  typed?: string | null;
  name?: string | null;
}

/**
 * What a submit says of the person it is from. `alone`: a phone without an email beside it. `typed` and `name` never join a submit
 * to a lead: they tell one person from another on the same device. `spam`, `guest` and `claimed` never join either, they only find
 * the submit for an export or an erasure. `spam` is what a honeypot's catch named; `guest` what a submit named that joined a lead
 * without showing that it is the same person; `claimed` a visitor whom the submit named without proof.
 */
export type ClaimKind = "email" | "alone" | "phone" | "typed" | "visitor" | "claimed" | "name" | "spam" | "guest";

export interface Claim {
  kind: ClaimKind;
  /** A hash: 128 bits, hex. */
  key: string;
}

const claimOf = async (kind: ClaimKind, ...value: string[]): Promise<Claim> => ({
  kind,
  key: (await sha256(JSON.stringify([kind, ...value]))).slice(0, 32),
});

/** A name in the form in which names are compared: `Schmidt, Anna` is `anna schmidt`. Empty if there is no word in it. */
const nameKey = (name: string): string => (comparable(name).match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).sort().join(" ");

/** For claims that only find a submit: the fields that they are made of. */
const NAMED = {
  spam: ["email", "phone", "typed"],
  guest: ["email", "phone", "typed", "visitor_id", "claimed_id"],
} as const;
const named = (kind: "spam" | "guest", said: Pick<KnownContact, "email" | "phone" | "typed"> & Partial<KnownContact>) =>
  NAMED[kind].flatMap((field) => {
    const value = said[field];
    return value == null ? [] : [claimOf(kind, field, value)];
  });

/**
 * The claims of a submit: those that join, and those of a guest. The store keeps the ones that fit what the submit becomes. A
 * honeypot's catch has only the claims that find it.
 */
export async function claimsOf(known: KnownContact, honeypot = false): Promise<Claim[]> {
  if (honeypot) return Promise.all(named("spam", known));
  const { visitor_id, claimed_id = null, email, phone, typed = null, name = null } = known;
  const making: Promise<Claim>[] = [];
  if (email !== null) making.push(claimOf("email", email));
  if (phone !== null && email === null) making.push(claimOf("alone", phone));
  if (phone !== null) making.push(claimOf("phone", phone));
  if (typed !== null) making.push(claimOf("typed", typed));
  if (visitor_id !== null) making.push(claimOf("visitor", visitor_id));
  if (claimed_id !== null) making.push(claimOf("claimed", claimed_id));
  const words = nameKey(name ?? "");
  if (words !== "") making.push(claimOf("name", words));
  return Promise.all([...making, ...named("guest", known)]);
}

/** The keys by which every lead of an email, a phone or a visitor is found, also a lead that only claims the visitor. */
export async function keysOf(known: KnownContact): Promise<string[]> {
  const claims = [...(await claimsOf(known)), ...(await claimsOf(known, true))];
  return claims.map(({ key }) => key);
}

/** The key of a submit's claim to be from a visitor. */
export const claimedKey = async (visitor_id: string): Promise<string> => (await claimOf("claimed", visitor_id)).key;

import { MAX_TRAITS, MAX_TRAITS_KEPT_UNITS } from "../../limits";
import type { ClientNetwork } from "../network/classes";
import { isVisitorSecret } from "../privacy/names";
import {
  formReader,
  isFields,
  isNumber,
  isText,
  listOf,
  oneOf,
  orAbsent,
  orNull,
  type StoredForm,
  shaped,
} from "../stored";
import type { NamedVisitor } from "./calls/visitor-id";

/** How many network changes are recorded: a phone on a train has a few, a rotating proxy has hundreds. */
export const MAX_NETWORK_CHANGES = 32;

/** What identifies a person. Stored in the actor's head row, D1's `sessions` and R2's identity objects, and nowhere else. */
export interface Identity extends NamedVisitor {
  fingerprint_id: string | null;
  device_id: string | null;
  /** The address as stored: masked, hashed or full, as the site says. */
  ip: string | null;
  asn: number | null;
  traits: Record<string, unknown>;
}

/** The actor's head row, besides its flush progress and snapshot. */
export interface Head {
  v: 1;
  session_id: string;
  site: string;
  /** The name under which the site shares identities with others, as it was at the start; absent if the site counts by itself. */
  identity_group?: string;
  /** Only notable counters go to KV, as the site's `kv` was at the start; absent where all do. */
  kv?: "notable";
  /** When this life of the id began, epoch ms. */
  created_at: number;
  /** SHA-256 of the session key, hex; null until one is given. */
  key_hash: string | null;
  /** Null without consent. */
  identity: Identity | null;
  /** Counts the changes of `identity`: each gets an R2 object of its own. 0: there has been none. */
  identity_version: number;
  identity_at: number;
  /** Addresses as stored, in order of appearance; token `a1` is the first. Empty without consent. */
  addresses: string[];
  /** The same for autonomous systems: `n1`, …. Absent until there is one. */
  networks?: number[];
  /** An erasure has taken a claimed visitor from the session. From now on it may name a provable visitor only with proof. */
  unlinked?: true;
  /** Tokens of the submitted leads, to recognise a retry; absent until there is one. */
  leads?: string[];
}

const IDENTITY_SHAPE: StoredForm<Identity>["shape"] = {
  visitor_id: orNull(isText),
  visitor_proven: orAbsent((value) => value === true),
  fingerprint_id: orNull(isText),
  device_id: orNull(isText),
  ip: orNull(isText),
  asn: orNull(isNumber),
  traits: isFields,
};

export const readHead = formReader<Head>({
  name: "session head",
  version: 1,
  shape: {
    session_id: isText,
    site: isText,
    identity_group: orAbsent(isText),
    kv: orAbsent(oneOf("notable")),
    created_at: isNumber,
    key_hash: orNull(isText),
    identity: orNull(shaped<Identity>(IDENTITY_SHAPE)),
    identity_version: isNumber,
    identity_at: isNumber,
    addresses: listOf(isText),
    networks: orAbsent(listOf(isNumber)),
    unlinked: orAbsent((value) => value === true),
    leads: orAbsent(listOf(isText)),
  },
});

const nobody = (): Identity => ({
  visitor_id: null,
  fingerprint_id: null,
  device_id: null,
  ip: null,
  asn: null,
  traits: {},
});

export const newHead = (session_id: string, site: string, created_at: number): Head => ({
  v: 1,
  session_id,
  site,
  created_at,
  key_hash: null,
  identity: null,
  identity_version: 0,
  identity_at: 0,
  addresses: [],
});

/** Adds to a head's identity. Returns the head unchanged (the same object) when nothing is new. */
export function learn(head: Head, facts: Partial<Identity>, now: number): Head {
  const known = head.identity ?? nobody();
  const identity = { ...known, ...facts };
  const same = Object.keys(identity).every((key) => sameFact(identity, known, key as keyof Identity));
  if (same && head.identity) return head;
  return { ...head, identity, identity_version: head.identity_version + 1, identity_at: now };
}

const sameFact = (a: Identity, b: Identity, key: keyof Identity): boolean =>
  key === "traits" && a.traits !== b.traits ? JSON.stringify(a.traits) === JSON.stringify(b.traits) : a[key] === b[key];

/** A number for the identity that a head holds: equal numbers mean equal identities. 0: the head names nobody. */
export const identityMark = (head: Head): number => (head.identity ? head.identity_version : 0);

/** The head after a withdrawal: it names nobody. */
export const forget = (head: Head): Head => ({ ...head, identity: null, addresses: [], networks: [] });

/** The newest traits win; past the limit the oldest go. A visitor's secret is never kept as a trait. */
export function mergeTraits(old: Record<string, unknown>, added: Record<string, unknown>): Record<string, unknown> {
  const named = Object.entries({ ...old, ...added }).filter(([name]) => !isVisitorSecret(name));
  const entries = named.slice(-MAX_TRAITS);
  while (JSON.stringify(entries).length > MAX_TRAITS_KEPT_UNITS) entries.shift();
  return Object.fromEntries(entries);
}

/** The session's own names for a call's address and autonomous system, and the head that remembers them. */
export function networkTokens(
  head: Head,
  { ip, asn }: Pick<ClientNetwork, "ip" | "asn">,
): { head: Head; address: string | null; network: string | null } {
  const address = tokenOf("a", head.addresses, ip);
  const network = tokenOf("n", head.networks ?? [], asn);
  const isNew = address.list !== head.addresses || network.list.length !== (head.networks?.length ?? 0);
  const after = isNew ? { ...head, addresses: address.list, networks: network.list } : head;
  return { head: after, address: address.token, network: network.token };
}

/** `a1`, `a2`, … by order of appearance; past the limit all new ones are `more`. */
function tokenOf<T>(letter: string, list: T[], value: T | null): { list: T[]; token: string | null } {
  if (value === null) return { list, token: null };
  const at = list.indexOf(value);
  if (at >= 0) return { list, token: `${letter}${at + 1}` };
  if (list.length > MAX_NETWORK_CHANGES) return { list, token: "more" };
  return { list: [...list, value], token: `${letter}${list.length + 1}` };
}

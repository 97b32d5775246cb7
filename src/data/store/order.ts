import type { Erasure } from "../../core/api/erasure";
import type { LifeIdentity } from "../../core/session/calls/life";
import {
  type Check,
  formReader,
  isFields,
  isFlag,
  isList,
  isNumber,
  isText,
  listOf,
  oneOf,
  orNull,
  shaped,
} from "../../core/stored";

/** A fingerprint or an address that a session has named. */
export type NamedIdentity = LifeIdentity;

export interface OrderedSession {
  session_id: string;
  /** When the lives began that are to be erased or unlinked, epoch ms. */
  starts: number[];
  /** When its other lives began: they stay as they are. */
  others: number[];
  /** The identities that it has named. */
  identities: NamedIdentity[];
  /** It is erased or unlinked, but a write of it may still land. */
  done: boolean;
  /** Set in a session that only claims to be the visitor's: it is unlinked, not erased. `counted`: the receipt counts it. */
  claim?: { counted: boolean };
}

/** Whom or what an erasure erases. A person without a visitor id is named by hashes of their email or phone. */
export type ErasureSubject =
  | { kind: "visitor"; visitor_id: string }
  | { kind: "person"; keys: readonly string[] }
  | { kind: "lead"; lead_id: string };

/** What an erasure's actor has to remember while it works. It goes with the actor's storage when the erasure is done. */
export interface ErasureOrder {
  v: 1;
  subject: ErasureSubject;
  sites: readonly string[] | null;
  keep_leads: boolean;
  /** Fingerprints and addresses met, to be erased when no session is left that shares them. */
  identities: NamedIdentity[];
  /** Sessions met and not erased yet, written down before they are; and those to be looked at once more. */
  sessions: OrderedSession[];
  /** Leads and submits met, to be erased after the sessions; those to be looked at once more stay. */
  lead_ids: string[];
  /** Leads that only claim to be the visitor's, to be unlinked. */
  claims: string[];
  /** When to look once more, epoch ms: a write may have been on its way. Null when that is done, or needless. */
  again_at: number | null;
}

const isIdentity = shaped<NamedIdentity>({ kind: oneOf("fingerprint", "address"), value: isText, group: isText });

const isSession = shaped<OrderedSession>({
  session_id: isText,
  starts: listOf(isNumber),
  others: listOf(isNumber),
  identities: listOf(isIdentity),
  done: isFlag,
});

const isSubject: Check = (value) => {
  if (!isFields(value)) return false;
  switch (value.kind) {
    case "visitor":
      return isText(value.visitor_id);
    case "person":
      return listOf(isText)(value.keys);
    case "lead":
      return isText(value.lead_id);
    default:
      return false;
  }
};

export const readErasureOrder = formReader<ErasureOrder>({
  name: "erasure order",
  version: 1,
  shape: {
    subject: isSubject,
    sites: orNull(isList),
    keep_leads: isFlag,
    identities: listOf(isIdentity),
    sessions: listOf(isSession),
    lead_ids: listOf(isText),
    claims: listOf(isText),
    again_at: orNull(isNumber),
  },
});

const ORDER = "order";

export function readOrder(storage: DurableObjectStorage): ErasureOrder | null {
  const stored = storage.kv.get(ORDER);
  return stored === undefined ? null : readErasureOrder(stored);
}

export const writeOrder = (storage: DurableObjectStorage, order: ErasureOrder): void => storage.kv.put(ORDER, order);

const RECEIPT = "receipt";

export const readReceipt = (storage: DurableObjectStorage): Erasure | null => storage.kv.get<Erasure>(RECEIPT) ?? null;

export const writeReceipt = (storage: DurableObjectStorage, receipt: Erasure): void => storage.kv.put(RECEIPT, receipt);

/**
 * Notes that the receipt counts a session or a lead as unlinked. False if it did before. Each is a row, because anybody may send
 * more claims than one value can hold. The rows go with the order.
 */
export function noteUnlinked(storage: DurableObjectStorage, kind: "session" | "lead", id: string): boolean {
  const key = `unlinked:${kind}:${id}`;
  if (storage.kv.get<true>(key)) return false;
  storage.kv.put(key, true);
  return true;
}

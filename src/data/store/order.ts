/** Without a group: noted before there were shards. */
export type NamedIdentity = [kind: "fingerprint" | "address", value: string, group?: string];

export interface OrderedSession {
  session_id: string;
  /** When the lives began that are to be erased, or unlinked. */
  starts: number[];
  /** When its other lives began: they stay as they are. Absent in orders of before lives were told apart. */
  others?: number[];
  /** Whom it has told of itself. */
  identities: NamedIdentity[];
  /** Erased or unlinked, and a write of it may still land. */
  done: boolean;
  /** Of one that only claims to be the visitor's: it is unlinked, not erased. `counted`: the receipt has no more to count. */
  claim?: { counted: boolean };
}

/** Whom or what an erasure is of. A person without a visitor id is named by hashes of their email or phone. */
export type ErasureSubject =
  | { kind: "visitor"; visitor_id: string }
  | { kind: "person"; keys: readonly string[] }
  | { kind: "lead"; lead_id: string };

/** What an erasure's actor has to remember while it works; gone with its storage when it is done. */
export interface ErasureOrder {
  subject: ErasureSubject;
  sites: readonly string[] | null;
  keep_leads: boolean;
  /** Fingerprints and addresses met, to be erased when no session is left that shares them. */
  identities: NamedIdentity[];
  /** Sessions met and not erased yet, written down before they are; and those to be looked at once more. */
  sessions: OrderedSession[];
  /** Leads and submits met, to be erased after the sessions; those to be looked at once more stay. */
  lead_ids: string[];
  /** Leads that only claim to be the visitor's, to be unlinked. Absent in orders of before there were claims. */
  claims?: string[];
  /** When to look once more, epoch ms: a write may have been on its way. Null when that is done, or needless. */
  again_at: number | null;
}

const KEY = "order";

export const readOrder = (storage: DurableObjectStorage): ErasureOrder | null =>
  storage.kv.get<ErasureOrder>(KEY) ?? null;

export const writeOrder = (storage: DurableObjectStorage, order: ErasureOrder): void => storage.kv.put(KEY, order);

const RECEIPT = "receipt";

export const readReceipt = <T>(storage: DurableObjectStorage): T | null => storage.kv.get<T>(RECEIPT) ?? null;

export const writeReceipt = (storage: DurableObjectStorage, receipt: object): void => storage.kv.put(RECEIPT, receipt);

/**
 * Notes that the receipt counts what was unlinked, a session or a lead. False: it did before. Gone with the order, and not in
 * it: anybody may send so many claims that one value could not hold their names.
 */
export function noteUnlinked(storage: DurableObjectStorage, kind: "session" | "lead", id: string): boolean {
  const key = `unlinked:${kind}:${id}`;
  if (storage.kv.get<true>(key)) return false;
  storage.kv.put(key, true);
  return true;
}

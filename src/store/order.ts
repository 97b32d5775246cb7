/** What an erasure's actor has to remember while it works; gone with its storage when it is done. */
export interface ErasureOrder {
  visitor_id: string;
  sites: readonly string[] | null;
  keep_leads: boolean;
  /** Fingerprints and addresses met, to be erased when no session is left that shares them. */
  identities: [kind: "fingerprint" | "address", value: string][];
  /** Sessions met, written down before they are erased, and erased so far: leads are found by them, identities told. */
  sessions: { session_id: string; starts: number[]; done: boolean }[];
  lead_ids: string[];
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

/** Nonces of stream tickets that have been used, with their expiry (epoch ms), in an actor's storage. */
const KEY = "used_tickets";

export const readUsed = (storage: DurableObjectStorage): [nonce: string, expiresAt: number][] =>
  storage.kv.get<[string, number][]>(KEY) ?? [];

export const writeUsed = (storage: DurableObjectStorage, used: [nonce: string, expiresAt: number][]): void =>
  storage.kv.put(KEY, used);

import * as z from "zod";
import type { IdentityKind } from "../../core/identity/record";
import { IDENTITY_COUNTER_MS } from "../../limits";
import { parseJson } from "../../protocol/text";
import { DEFAULT_SITE } from "../../protocol/values";

/**
 * The name of an identity's counter. Each key has one writer: a shard of identities, or the session for `session:`. An address
 * counts for all sites together, because it limits starts. A fingerprint counts for its group, which the key names unless it is the
 * default site. No fingerprint has a blank.
 */
export function counterName(kind: IdentityKind, value: string, group: string): string {
  if (kind === "address") return ADDRESS + value;
  return group === DEFAULT_SITE ? `fp:${value}` : `fp:${value} ${group}`;
}

const ADDRESS = "ip:";

/** KV's shortest time to live. */
const MIN_TTL_SECONDS = 60;

/** KV `fp:{fingerprint_id}` and `ip:{address as stored}`: fixed windows of 24 h. */
export const AddressCounter = z.object({
  /** Sessions begun in the window. */
  sessions: z.number(),
  /** Epoch ms at which the window ends. */
  expires_at: z.number(),
  /** Epoch ms until which the address has spent its budget; absent while it has not. */
  spent_until: z.number().optional(),
  /** At which rate it has, bytes an hour. A site that lets it spend more ignores that. */
  spent_hour: z.number().optional(),
});
export type AddressCounter = z.infer<typeof AddressCounter>;

export const putCounter = (kv: KVNamespace, name: string, counter: AddressCounter): Promise<void> =>
  kv.put(name, JSON.stringify(counter), {
    expirationTtl: Math.max(
      MIN_TTL_SECONDS,
      Math.ceil((Math.max(counter.expires_at, counter.spent_until ?? 0) - Date.now()) / 1_000),
    ),
  });

export const deleteCounter = (kv: KVNamespace, name: string): Promise<void> => kv.delete(name);

/** KV `session:{session_id}`: what has become of the session, for 24 h. Names nobody. */
export interface SessionCounter {
  events: number;
  label: string | null;
  ended: boolean;
}

export const putSessionCounter = (kv: KVNamespace, session_id: string, counter: SessionCounter): Promise<void> =>
  kv.put(`session:${session_id}`, JSON.stringify(counter), { expirationTtl: IDENTITY_COUNTER_MS / 1_000 });

export const deleteSessionCounter = (kv: KVNamespace, session_id: string): Promise<void> =>
  kv.delete(`session:${session_id}`);

/** Null if there is none, or if what is there is not ours. KV errors are thrown. */
export async function readAddressCounter(
  kv: KVNamespace,
  address: string,
  cacheTtl: number,
): Promise<AddressCounter | null> {
  const text = await kv.get(ADDRESS + address, { cacheTtl });
  const json = text === null ? null : parseJson(text);
  const parsed = AddressCounter.safeParse(json?.ok ? json.value : null);
  return parsed.success ? parsed.data : null;
}

import * as z from "zod";

/** KV `ip:{address as stored}`: a fixed 24 h window, written by the address's own identity actor only. */
export const AddressCounter = z.object({
  /** Sessions begun in the window. */
  sessions: z.number(),
  /** Epoch ms at which the window ends. */
  expires_at: z.number(),
});
export type AddressCounter = z.infer<typeof AddressCounter>;

/** Null when there is none, or when what is there is not ours: a counter never stands in the way by being broken. */
export async function readAddressCounter(
  kv: KVNamespace,
  address: string,
  cacheTtl: number,
): Promise<AddressCounter | null> {
  const parsed = AddressCounter.safeParse(await kv.get(`ip:${address}`, { type: "json", cacheTtl }));
  return parsed.success ? parsed.data : null;
}

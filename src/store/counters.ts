import * as z from "zod";
import { parseJson } from "../protocol/text";

/** KV `ip:{address as stored}`: a fixed 24 h window, written by the address's own identity actor only. */
export const AddressCounter = z.object({
  /** Sessions begun in the window. */
  sessions: z.number(),
  /** Epoch ms at which the window ends. */
  expires_at: z.number(),
});
export type AddressCounter = z.infer<typeof AddressCounter>;

/** Null when there is none, or when what is there is not ours. KV errors are thrown. */
export async function readAddressCounter(
  kv: KVNamespace,
  address: string,
  cacheTtl: number,
): Promise<AddressCounter | null> {
  const text = await kv.get(`ip:${address}`, { cacheTtl });
  const json = text === null ? null : parseJson(text);
  const parsed = AddressCounter.safeParse(json?.ok ? json.value : null);
  return parsed.success ? parsed.data : null;
}

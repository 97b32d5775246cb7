import * as z from "zod";
import { KV_CACHE_SECONDS, SCRIPT_KEPT_SECONDS } from "../../limits";
import { parseJson } from "../../protocol/text";

/** KV `script:{version}:{name}`: a browser script of this version, so that a deploy does not take it from open pages. */
const keyOf = (version: string, name: string): string => `script:${version}:${name}`;

/** KV `scripts`: which versions are there, and when each was last written, epoch ms. Only the cron writes it. */
const INDEX = "scripts";
const KeptVersions = z.record(z.string(), z.number());
export type KeptVersions = z.infer<typeof KeptVersions>;

export const putScript = (kv: KVNamespace, version: string, name: string, text: string): Promise<void> =>
  kv.put(keyOf(version, name), text, { expirationTtl: SCRIPT_KEPT_SECONDS });

/** Null where there is none. KV errors are thrown. */
export const readScript = (kv: KVNamespace, version: string, name: string): Promise<string | null> =>
  kv.get(keyOf(version, name));

export const putKeptVersions = (kv: KVNamespace, versions: KeptVersions): Promise<void> =>
  kv.put(INDEX, JSON.stringify(versions), { expirationTtl: SCRIPT_KEPT_SECONDS });

/** Empty if there is nothing, or if what is there is not ours. KV errors are thrown. */
export async function readKeptVersions(kv: KVNamespace): Promise<KeptVersions> {
  const text = await kv.get(INDEX, { cacheTtl: KV_CACHE_SECONDS });
  const json = text === null ? null : parseJson(text);
  const parsed = KeptVersions.safeParse(json?.ok ? json.value : null);
  return parsed.success ? parsed.data : {};
}

import type { Env } from "../../src/bindings";
import { placeOf } from "../../src/core/identity/name";
import { isShared } from "../../src/data/store/erasures";
import type { NamedIdentity } from "../../src/data/store/order";
import { sitesIn } from "../../src/ops/site-settings";

/** What an erasure asks of the shards that hold a person's identities. */

/** Deletes the part of an identity that rests on this session alone. */
export async function forgetSession(
  { IDENTITY }: Pick<Env, "IDENTITY">,
  { kind, value, group }: NamedIdentity,
  session_id: string,
): Promise<void> {
  const { shard, key } = placeOf(IDENTITY, kind, value, group);
  await IDENTITY.getByName(shard).forget(session_id, key);
}

/** Deletes the identity, unless a remaining session shares it. `again`: a write may still be on its way. */
export async function eraseIdentity(
  env: Pick<Env, "DB" | "IDENTITY" | "SITE">,
  { kind, value, group }: NamedIdentity,
): Promise<{ isErased: boolean; again: boolean }> {
  if (await isShared(env.DB, kind, value, await sitesIn(env, group))) return { isErased: false, again: false };
  const { shard, key } = placeOf(env.IDENTITY, kind, value, group);
  const again = await env.IDENTITY.getByName(shard).erase(key, kind, value);
  return { isErased: true, again };
}

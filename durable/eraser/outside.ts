import type { Env } from "../../src/bindings";
import { identityName, placeOf } from "../../src/core/identity/name";
import { isShared } from "../../src/data/store/erasures";
import type { NamedIdentity } from "../../src/data/store/order";
import { sitesIn } from "../../src/ops/site-settings";

/**
 * What an erasure asks of identities: of the shard of their group, and of the object of before there were shards, as long as
 * that may be there.
 */

type Stores = Pick<Env, "DB" | "IDENTITY" | "SITE">;

const formerOf = ({ IDENTITY }: Pick<Env, "IDENTITY">, [kind, value]: NamedIdentity) =>
  IDENTITY.getByName(identityName(kind, value));

/** What rests on a session alone goes. */
export async function forgetSession(stores: Stores, identity: NamedIdentity, session_id: string): Promise<void> {
  const [kind, value, group] = identity;
  await formerOf(stores, identity).forgetFormer(session_id);
  if (group === undefined) return;
  const { shard, key } = placeOf(stores.IDENTITY, kind, value, group);
  await stores.IDENTITY.getByName(shard).forget(session_id, key);
}

/** The identity itself goes, unless a session that is left has it too. `again`: a write may still be on its way. */
export async function eraseIdentity(
  stores: Stores,
  identity: NamedIdentity,
): Promise<{ isErased: boolean; again: boolean }> {
  const [kind, value, group] = identity;
  let [isErased, again] = [false, false];
  if (group !== undefined && !(await isShared(stores.DB, kind, value, await sitesIn(stores, group)))) {
    const { shard, key } = placeOf(stores.IDENTITY, kind, value, group);
    again = await stores.IDENTITY.getByName(shard).erase(key, kind, value);
    isErased = true;
  }
  // It was of all sites together.
  if (await isShared(stores.DB, kind, value, null)) return { isErased, again };
  const former = await formerOf(stores, identity).eraseFormer(kind, value);
  return { isErased: true, again: again || former };
}

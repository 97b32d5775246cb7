import { type KeptVersions, readKeptVersions, readScript } from "../../data/store/scripts";
import { Cache } from "../../ops/cache";
import { errorField } from "../../ops/logger";
import { unavailable } from "../../protocol/problem";
import { MINUTE_MS } from "../../time";
import type { Context } from "./context";

/** An isolate asks KV once a minute which versions are there: one that is not costs nothing more. */
const SCRIPT_INDEX_MS = MINUTE_MS;
/** Scripts of versions before, in an isolate: two versions of all. The longest has 90 KB. */
const SCRIPTS_REMEMBERED = 16;

/** In this isolate: which versions there are, and the scripts of them that were asked for. */
const index = new Cache<KeptVersions>(1);
const texts = new Cache<string | null>(SCRIPTS_REMEMBERED);

/**
 * A script of a version before; null where there is none. KV is asked once a minute which versions there are, and for a script of
 * one that is there: whoever makes versions up costs no read each.
 */
export async function keptScript({ env, log }: Context, version: string, name: string): Promise<string | null> {
  const { TRACKING_KV: kv } = env;
  try {
    let known = index.get("");
    if (known === undefined) {
      known = await readKeptVersions(kv);
      // From its reading on, and not from when it was asked for last.
      index.set("", known, SCRIPT_INDEX_MS);
    }
    if (!Object.hasOwn(known, version)) return null;
    const key = `${version} ${name}`;
    const remembered = texts.get(key);
    // Null where it is missing: a version has only some of the names.
    if (remembered !== undefined) return remembered;
    const text = await readScript(kv, version, name);
    texts.set(key, text, SCRIPT_INDEX_MS);
    return text;
  } catch (error) {
    log.warn("script_unreadable", { error: errorField(error) });
    throw unavailable("This version could not be read.");
  }
}

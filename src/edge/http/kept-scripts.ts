import { type KeptVersions, readKeptVersions, readScript } from "../../data/store/scripts";
import { Cache } from "../../ops/cache";
import { errorField } from "../../ops/logger";
import { unavailable } from "../../protocol/problem";
import { MINUTE_MS } from "../../time";
import type { Context } from "./context";

/** An isolate asks KV at most once a minute which versions are kept, so a version that is not kept costs no read. */
const SCRIPT_INDEX_MS = MINUTE_MS;
/** Scripts of earlier versions that an isolate remembers: all of two versions. The longest has 90 KB. */
const SCRIPTS_REMEMBERED = 16;

/** Which versions are kept, and those of their scripts that were asked for. */
const index = new Cache<KeptVersions>(1);
const texts = new Cache<string | null>(SCRIPTS_REMEMBERED);

/**
 * A script of an earlier version; null if it is not kept. Whoever invents versions costs no reads of KV: only a version of the
 * index is looked up.
 */
export async function keptScript({ env, log }: Context, version: string, name: string): Promise<string | null> {
  const { TRACKING_KV: kv } = env;
  try {
    let known = index.get("");
    if (known === undefined) {
      known = await readKeptVersions(kv);
      // Its minute begins when it is read, and not anew with each request.
      index.set("", known, SCRIPT_INDEX_MS);
    }
    if (!Object.hasOwn(known, version)) return null;
    const key = `${version} ${name}`;
    const remembered = texts.get(key);
    // Null if it is missing: a version has only some of the names.
    if (remembered !== undefined) return remembered;
    const text = await readScript(kv, version, name);
    texts.set(key, text, SCRIPT_INDEX_MS);
    return text;
  } catch (error) {
    log.warn("script_unreadable", { error: errorField(error) });
    throw unavailable("This version could not be read.");
  }
}

import type { Env } from "../../bindings";
import { type KeptVersions, putKeptVersions, putScript, readKeptVersions } from "../../data/store/scripts";
import { SCRIPT_KEPT_SECONDS, SCRIPT_RENEW_MS } from "../../limits";
import { belowOf } from "./arrive";
import { SCRIPT_NAMES, scriptFacts, scriptText } from "./scripts";

interface VersionedScript {
  version: string;
  name: string;
  text: string;
}

/** Every script under the name of its version; with a prefix, also as it is served below it. */
function served(env: Pick<Env, "INGEST_PREFIX">): VersionedScript[] {
  const forms = belowOf(env) ? [false, true] : [false];
  return forms.flatMap((isNeutral) =>
    SCRIPT_NAMES.map((name) => ({
      version: scriptFacts(name, isNeutral)?.version ?? "",
      name,
      text: scriptText(name, isNeutral),
    })),
  );
}

/**
 * Stores this version's scripts in KV, so that they outlive the next deploy by a day: at once if the version is new, else once a
 * day. Returns how many were written. The index is written last, so that it names nothing that is missing.
 */
export async function keepScripts(env: Pick<Env, "TRACKING_KV" | "INGEST_PREFIX">, now: number): Promise<number> {
  const { TRACKING_KV: kv } = env;
  const before = await readKeptVersions(kv);
  const due = served(env).filter(({ version }) => (before[version] ?? 0) <= now - SCRIPT_RENEW_MS);
  if (due.length === 0) return 0;
  await Promise.all(due.map(({ version, name, text }) => putScript(kv, version, name, text)));
  const gone = now - SCRIPT_KEPT_SECONDS * 1_000;
  const left: KeptVersions = Object.fromEntries(Object.entries(before).filter(([, at]) => at > gone));
  for (const { version } of due) left[version] = now;
  await putKeptVersions(kv, left);
  return due.length;
}

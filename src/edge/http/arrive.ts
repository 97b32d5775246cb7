import type { Env } from "../../bindings";
import type { Logger } from "../../ops/logger";
import { prefixOf, usualUrl } from "./neutral-names";

/** A request under its usual path. Routes and checks know no other. */
interface Arrival {
  request: Request;
  url: URL;
  /** The prefix of the path as it was asked (`INGEST_PREFIX`); empty if it was asked by its usual path. */
  below: string;
}

/** What is wrong with `INGEST_PREFIX`; null if nothing is. */
export const prefixFault = ({ INGEST_PREFIX: setting }: Pick<Env, "INGEST_PREFIX">): string | null =>
  prefixOf(setting) === null
    ? "INGEST_PREFIX must be 1 to 32 of a-z, 0-9 and -, and none of the Worker's own first segments; it is ignored."
    : null;

/** Logged once in each isolate, because the fault is the same with every request. */
let isSaid = false;

function sayFault(fault: string, log: Logger): void {
  if (isSaid) return;
  isSaid = true;
  log.error("ingest_prefix_invalid", { error: fault });
}

/** The path below which `INGEST_PREFIX` puts scripts and ingest; empty if there is none. */
export const belowOf = ({ INGEST_PREFIX: setting }: Pick<Env, "INGEST_PREFIX">): string => prefixOf(setting) ?? "";

/**
 * Runs before anything looks at the path. A path below the prefix that stands for no usual path stays as it is, and no route takes
 * it.
 */
export function arrive(request: Request, env: Pick<Env, "INGEST_PREFIX">, log: Logger): Arrival {
  const url = new URL(request.url);
  const fault = prefixFault(env);
  if (fault) sayFault(fault, log);
  const below = belowOf(env);
  if (!below || (url.pathname !== below && !url.pathname.startsWith(`${below}/`))) return { request, url, below: "" };
  const usual = usualUrl(url, below);
  return usual ? { request: new Request(usual, request), url: usual, below } : { request, url, below };
}

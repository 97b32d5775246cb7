import type { Env } from "../../bindings";
import type { Logger } from "../../ops/logger";
import { prefixOf, usualUrl } from "./neutral-names";

/** A request by its usual name, whatever name it was asked by: no route and no check after this knows another. */
interface Arrival {
  request: Request;
  url: URL;
  /** As in `Context`. */
  below: string;
}

/** What is wrong with `INGEST_PREFIX`; null where nothing is. */
export const prefixFault = ({ INGEST_PREFIX: setting }: Pick<Env, "INGEST_PREFIX">): string | null =>
  prefixOf(setting) === null
    ? "INGEST_PREFIX must be 1 to 32 of a-z, 0-9 and -, and none of the Worker's own first segments; it is ignored."
    : null;

/** Said once in each isolate: it would stand beside every request. */
let isSaid = false;

function sayFault(fault: string, log: Logger): void {
  if (isSaid) return;
  isSaid = true;
  log.error("ingest_prefix_invalid", { error: fault });
}

/** Where `INGEST_PREFIX` puts scripts and ingest; empty for where they always are. */
export const belowOf = ({ INGEST_PREFIX: setting }: Pick<Env, "INGEST_PREFIX">): string => prefixOf(setting) ?? "";

/** Before anything looks at a path. What has no name below the prefix keeps its own, which no route takes. */
export function arrive(request: Request, env: Pick<Env, "INGEST_PREFIX">, log: Logger): Arrival {
  const url = new URL(request.url);
  const fault = prefixFault(env);
  if (fault) sayFault(fault, log);
  const below = belowOf(env);
  if (!below || (url.pathname !== below && !url.pathname.startsWith(`${below}/`))) return { request, url, below: "" };
  const usual = usualUrl(url, below);
  return usual ? { request: new Request(usual, request), url: usual, below } : { request, url, below };
}

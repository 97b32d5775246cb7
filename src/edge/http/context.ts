import type { Env } from "../../bindings";
import type { Logger } from "../../ops/logger";

/** One request on its way through the Worker. */
export interface Context {
  request: Request;
  url: URL;
  /** Path parameters, decoded. */
  params: Record<string, string>;
  /** The path's pattern, e.g. `/analytics/sessions/:id`; empty before it is known. */
  route: string;
  /** The beginning of the path that it was asked below, `INGEST_PREFIX`; empty for what was asked by its usual name. */
  below: string;
  env: Env;
  log: Logger;
}

export type Handler = (context: Context) => Response | Promise<Response>;

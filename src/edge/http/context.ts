import type { Env } from "../../bindings";
import type { Logger } from "../../ops/logger";

/** A request on its way through the Worker. */
export interface Context {
  request: Request;
  url: URL;
  /** Path parameters, decoded. */
  params: Record<string, string>;
  /** The path's pattern, e.g. `/analytics/sessions/:id`; empty before it is known. */
  route: string;
  /** The prefix of the path as it was asked (`INGEST_PREFIX`); empty if it was asked by its usual path. */
  below: string;
  env: Env;
  log: Logger;
}

export type Handler = (context: Context) => Response | Promise<Response>;

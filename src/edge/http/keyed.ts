import type { Scope } from "../../core/api/keys";
import { beginAudit, endAudit } from "../../data/store/audit";
import { errorField } from "../../ops/logger";
import { Problem } from "../../protocol/problem";
import { type Caller, requireKey } from "./auth";
import type { Handler } from "./context";
import type { KeyedContext } from "./context-keyed";
import { refuseRepeats } from "./query";
import { KEY_POLICY, limitApi, limitKey } from "./rate";

export type KeyedHandler = (context: KeyedContext) => Response | Promise<Response>;

/**
 * Checks the limit, then the key, then answers: so whoever guesses keys is limited too. The key needs one of `scopes`, `read` if
 * none is given. A call that only `admin` may make is written into the audit log.
 */
export function keyed(handler: KeyedHandler, ...scopes: [Scope, ...Scope[]] | []): Handler {
  const wanted = scopes.length > 0 ? scopes : (["read"] as const);
  const isAudited = wanted.every((scope) => scope === "admin");
  return async (context) => {
    await limitApi(context.env, context.request);
    const caller = await requireKey(context.request, context.env, wanted);
    await limitKey(context.env, caller.key_id);
    refuseRepeats(context.url.searchParams);
    const known = { ...context, caller };
    return withPolicy(await (isAudited ? audited(known, handler) : handler(known)));
  };
}

function withPolicy(response: Response): Response {
  // The headers of a socket's answer must not be changed.
  if (response.webSocket) return response;
  const answer = new Response(response.body, response);
  for (const [name, value] of Object.entries(KEY_POLICY)) answer.headers.set(name, value);
  return answer;
}

/** Writes the call into the audit log before it is made. If that fails, the call is not made. */
async function audited(context: KeyedContext, handler: KeyedHandler): Promise<Response> {
  const { env, request, params, route, caller, log } = context;
  const entry = {
    at: Date.now(),
    audit_id: crypto.randomUUID(),
    key_id: caller.key_id,
    // The pattern, not the path: a visitor's id must not outlive its own erasure.
    action: `${request.method} ${route}`,
    target: params["key"] ?? params["site"] ?? null,
  };
  await beginAudit(env.DB, entry);
  const end = (status: number) =>
    endAudit(env.DB, entry, status).catch((error: unknown) => {
      log.warn("audit_unfinished", { audit_id: entry.audit_id, error: errorField(error) });
    });
  try {
    const response = await handler(context);
    await end(response.status);
    return response;
  } catch (error) {
    await end(error instanceof Problem ? error.status : 500);
    throw error;
  }
}

/** 403 for a key that is restricted to some sites, on a route that covers all of them. */
export function requireAllSites({ sites }: Caller): void {
  if (sites === null) return;
  throw new Problem("scope_missing", "This covers every site, and the key is restricted to some.");
}

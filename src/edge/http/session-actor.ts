import type { SessionRpc } from "../../bindings";
import type { Refused } from "../../core/session/calls/result";
import { errorField } from "../../ops/logger";
import { invalidQuery, Problem, unavailable } from "../../protocol/problem";
import { SessionId } from "../../protocol/values";
import type { Context } from "./context";
import { rememberSpent } from "./spending";

/** The session id in an address; 400 or 404 if it is no UUID. */
export function sessionIdOf(text: string | null | undefined, code: "invalid_query" | "not_found"): string {
  const parsed = SessionId.safeParse(text);
  if (parsed.success) return parsed.data;
  if (code === "invalid_query") throw invalidQuery("session_id", "must be a UUID");
  throw new Problem(code, "A session is named by a UUID.");
}

/** Calls a session's actor. One that cannot be reached is a 503 that the sender may retry, never a 500. */
export async function callActor<Result>(
  { env, log }: Context,
  session_id: string,
  repeatable: boolean,
  call: (actor: DurableObjectStub<SessionRpc>) => Promise<unknown>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      // Typed RPC widens tuples to arrays; what travels is the result as it is.
      return (await call(env.SESSION.getByName(session_id))) as Result;
    } catch (error) {
      log.warn("actor_failed", { session_id, attempt, error: errorField(error) });
      if (attempt > 1 || !repeatable || !isRetryable(error)) {
        throw unavailable("The session could not be reached.");
      }
    }
  }
}

const isRetryable = (error: unknown): boolean =>
  error instanceof Error &&
  "retryable" in error &&
  error.retryable === true &&
  !("overloaded" in error && error.overloaded);

/** What an actor refused, as a problem. If a budget is spent, the actor need not be asked again until there is more. */
export function refusedCall({ code, detail, retry_after, spent_by }: Refused): Problem {
  if (spent_by !== undefined) rememberSpent(spent_by, retry_after ?? 0);
  return new Problem(code, detail, { retryAfter: retry_after });
}

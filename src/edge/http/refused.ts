import type { Refused } from "../../core/session/result";
import { Problem } from "../../protocol/problem";

/** What an actor refused. */
export const fromRefused = ({ code, detail, retry_after }: Refused): Problem =>
  new Problem(code, detail, { retryAfter: retry_after });

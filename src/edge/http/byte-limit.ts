import { type Level, levelAt, spend } from "../../core/budget/level";
import { senderOf } from "../../core/network/address";
import { BODY_BYTES_PER_MINUTE } from "../../limits";
import { Cache } from "../../ops/cache";
import { Problem } from "../../protocol/problem";
import { isKeyShown } from "./auth";
import { BUDGET_CACHE_SENDERS } from "./limits";
import { addressOf } from "./rate";

const ALLOWANCE = { burst: BODY_BYTES_PER_MINUTE, hour: 60 * BODY_BYTES_PER_MINUTE };

/** After two minutes every level has drained: one body adds far less than a minute's. */
const KEPT_MS = 2 * 60_000;

/** What addresses have had read, in this isolate. */
const levels = new Cache<Level>(BUDGET_CACHE_SENDERS);

const nameOf = (request: Request): string => senderOf(addressOf(request));

/**
 * Before a body is read: what it holds costs time to read, whoever is refused after. In this isolate alone, which is whose time
 * it is. Whoever shows a key sends for many people.
 */
export function limitBytes(request: Request): void {
  if (isKeyShown(request)) return;
  const over = levelAt(levels.get(nameOf(request)), ALLOWANCE, Date.now()) - ALLOWANCE.burst;
  if (over < 0) return;
  const retryAfter = Math.max(1, Math.ceil((over / BODY_BYTES_PER_MINUTE) * 60));
  throw new Problem("rate_limited", "This address has sent more bytes than it may in a minute.", { retryAfter });
}

/** After it is read, and inflated: `bytes` of text. */
export function countBytes(request: Request, bytes: number): void {
  if (isKeyShown(request)) return;
  const name = nameOf(request);
  levels.set(name, spend(levels.get(name), bytes, ALLOWANCE, Date.now()), KEPT_MS);
}

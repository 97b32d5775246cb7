import { type Level, levelAt, spend } from "../../core/budget/level";
import { senderOf } from "../../core/network/address";
import { BODY_BYTES_PER_MINUTE } from "../../limits";
import { Cache } from "../../ops/cache";
import { Problem } from "../../protocol/problem";
import { isKeyShown } from "./auth";
import { BUDGET_CACHE_SENDERS } from "./limits";
import { addressOf } from "./rate";

const ALLOWANCE = { burst: BODY_BYTES_PER_MINUTE, hour: 60 * BODY_BYTES_PER_MINUTE };

/** Every level has drained after two minutes, because one body is far smaller than a minute's allowance. */
const KEPT_MS = 2 * 60_000;

/** Bytes that this isolate has read from each address. */
const levels = new Cache<Level>(BUDGET_CACHE_SENDERS);

const nameOf = (request: Request): string => senderOf(addressOf(request));

/**
 * Checked before a body is read, because reading takes time even if the call is refused later. It is counted per isolate, because
 * the time is the isolate's. Not for callers that show a key: a server sends for many people.
 */
export function limitBytes(request: Request): void {
  if (isKeyShown(request)) return;
  const over = levelAt(levels.get(nameOf(request)), ALLOWANCE, Date.now()) - ALLOWANCE.burst;
  if (over < 0) return;
  const retryAfter = Math.max(1, Math.ceil((over / BODY_BYTES_PER_MINUTE) * 60));
  throw new Problem("rate_limited", "This address has sent more bytes than it may in a minute.", { retryAfter });
}

/** Counts a body after it was read, and again after it was inflated. */
export function countBytes(request: Request, bytes: number): void {
  if (isKeyShown(request)) return;
  const name = nameOf(request);
  levels.set(name, spend(levels.get(name), bytes, ALLOWANCE, Date.now()), KEPT_MS);
}

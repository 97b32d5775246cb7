import { BODY_BYTES_PER_MINUTE, BUDGET_CACHE_SENDERS } from "../limits";
import { senderOf } from "../network/address";
import { isKeyShown } from "./auth";
import { Problem } from "./problem";
import { addressOf } from "./rate";

/** What an address may still have read in this isolate, bytes, and as of when (epoch ms). Below nothing it has to wait. */
interface Left {
  bytes: number;
  at: number;
}

const senders = new Map<string, Left>();

function leftOf(sender: string, now: number): number {
  const { bytes, at } = senders.get(sender) ?? { bytes: BODY_BYTES_PER_MINUTE, at: now };
  return Math.min(BODY_BYTES_PER_MINUTE, bytes + (Math.max(0, now - at) / 60_000) * BODY_BYTES_PER_MINUTE);
}

/**
 * Before a body is read: what it holds costs time to read, whoever is refused after. In this isolate alone, which is whose time
 * it is. Whoever shows a key sends for many people.
 */
export function limitBytes(request: Request): void {
  if (isKeyShown(request)) return;
  const left = leftOf(senderOf(addressOf(request)), Date.now());
  if (left > 0) return;
  const retryAfter = Math.max(1, Math.ceil((-left / BODY_BYTES_PER_MINUTE) * 60));
  throw new Problem("rate_limited", "This address has sent more bytes than it may in a minute.", { retryAfter });
}

/** After it is read, and inflated: `bytes` of text. */
export function countBytes(request: Request, bytes: number): void {
  if (isKeyShown(request)) return;
  const now = Date.now();
  const sender = senderOf(addressOf(request));
  const left = leftOf(sender, now) - bytes;
  senders.delete(sender);
  const oldest = senders.keys().next();
  if (senders.size >= BUDGET_CACHE_SENDERS && !oldest.done) senders.delete(oldest.value);
  senders.set(sender, { bytes: left, at: now });
}

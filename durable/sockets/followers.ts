import type { Env } from "../../src/bindings";
import { FormError, isFields } from "../../src/core/stored";
import { inTime } from "../../src/ops/in-time";
import { isKeyOpen, ROOT_KEY } from "../../src/ops/keyring";
import { errorField, type Logger } from "../../src/ops/logger";
import { SECOND_MS } from "../../src/time";

/** How long the check of a key may take: a stalled database must not hold up the rest of the alarm. */
const KEY_CHECK_WAIT_MS = 5 * SECOND_MS;

/** Close code of the contract's kind: the key, or the ticket made with it, opens nothing any more. */
const REVOKED = 4401;

function keyOf(socket: WebSocket): string {
  const context: unknown = socket.deserializeAttachment();
  if (isFields(context) && typeof context["key_id"] === "string") return context["key_id"];
  throw new FormError("a follower's socket has no key");
}

/** The keys by which these sockets were opened, as far as they can be revoked or expire. */
function keysOf(sockets: readonly WebSocket[]): string[] {
  const open = sockets.filter(({ readyState }) => readyState === WebSocket.OPEN);
  return [...new Set(open.map(keyOf))].filter((key) => key !== ROOT_KEY);
}

export const canBeRevoked = (sockets: readonly WebSocket[]): boolean => keysOf(sockets).length > 0;

/** Closes the streams whose key was revoked or has expired. While D1 does not answer they stay open. */
export async function closeRevoked(
  env: Pick<Env, "DB">,
  sockets: readonly WebSocket[],
  now: number,
  log: Logger,
): Promise<void> {
  const check = async (key: string): Promise<void> => {
    try {
      if (await inTime(isKeyOpen(env, key, now), KEY_CHECK_WAIT_MS)) return;
    } catch (error) {
      log.warn("key_unchecked", { error: errorField(error) });
      return;
    }
    for (const socket of sockets) if (keyOf(socket) === key) socket.close(REVOKED, "key_revoked");
  };
  await Promise.all(keysOf(sockets).map(check));
}

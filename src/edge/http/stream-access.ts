import { isKeyOpen, ROOT_KEY } from "../../ops/keyring";
import { headerOf } from "../../protocol/header";
import { Problem } from "../../protocol/problem";
import { type Caller, requireKey } from "./auth";
import type { Context } from "./context";
import { readTicket, type Ticket } from "./tickets";

/** Who may open a stream. */

/** Either scope opens what a session's actor says of itself. */
export const WATCH = ["read", "inspect"] as const;

export function requireUpgrade(request: Request): void {
  if (headerOf(request.headers, "Upgrade")?.toLowerCase() === "websocket") return;
  throw new Problem("upgrade_required", "Open this path as a WebSocket.", { headers: { Upgrade: "websocket" } });
}

/** Whether a key opens a stream. Asks D1, because what an isolate remembers may be a minute old. */
const opensStream = async ({ env }: Context, key_id: string): Promise<boolean> =>
  key_id === ROOT_KEY || isKeyOpen(env, key_id, Date.now());

export async function requireOpenKey(context: Context): Promise<Caller> {
  const caller = await requireKey(context.request, context.env, WATCH);
  if (await opensStream(context, caller.key_id)) return caller;
  throw new Problem("key_required", "This key was revoked, or has expired.", {
    headers: { "WWW-Authenticate": "Bearer" },
  });
}

/** A valid ticket for this path, whose key has not been revoked since. */
export async function requireTicket(context: Context, rootKey: string, value: string, path: string): Promise<Ticket> {
  const ticket = await readTicket(rootKey, value, path, Date.now());
  if (ticket && (await opensStream(context, ticket.key_id))) return ticket;
  throw new Problem("ticket_invalid", "This ticket is expired, or opens another stream.");
}

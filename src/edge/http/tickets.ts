import * as z from "zod";
import { fromBase64Url, toBase64Url, utf8 } from "../../core/bytes";
import { MAX_TICKET_UNITS } from "../../limits";
import { headerOf } from "../../protocol/header";
import { parseJson } from "../../protocol/text";
import { SECOND_MS } from "../../time";

/** How long a ticket is valid; the contract's number. */
export const TICKET_MS = 60 * SECOND_MS;

/** A ticket opens one stream: a browser cannot set headers on a WebSocket, and a key must not stand in a URL. */
const Ticket = z.object({
  /** The one path it opens. */
  path: z.string(),
  /** The only sites its asker may see; null: all sites. */
  sites: z.array(z.string()).nullable(),
  /** The asker's key: when it closes, so does what the ticket opened. */
  key_id: z.string(),
  expires_at: z.number(),
  /** The actor that takes the ticket remembers this, so that it opens one socket only. */
  nonce: z.string(),
});
export type Ticket = z.infer<typeof Ticket>;

const PREFIX = "ticket.";

const signingKey = (rootKey: string): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", utf8(`ticket:${rootKey}`), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);

/** What a ticket is asked for. The rest of it is made here. */
interface TicketRequest {
  path: string;
  sites: readonly string[] | null;
  key_id: string;
}

/** A ticket is signed, so that nothing has to be stored until it is used. */
export async function issueTicket(
  rootKey: string,
  { path, sites, key_id }: TicketRequest,
  now: number,
): Promise<Ticket & { value: string }> {
  const ticket: Ticket = {
    path,
    sites: sites && [...sites],
    key_id,
    expires_at: now + TICKET_MS,
    nonce: crypto.randomUUID(),
  };
  const payload = toBase64Url(utf8(JSON.stringify(ticket)));
  const signature = await crypto.subtle.sign("HMAC", await signingKey(rootKey), utf8(payload));
  return { ...ticket, value: `${payload}.${toBase64Url(signature)}` };
}

/** The ticket, if we signed it, it is for this path, and it has not expired; else null. */
export async function readTicket(rootKey: string, value: string, path: string, now: number): Promise<Ticket | null> {
  const [payload = "", signature = ""] = value.split(".");
  const bytes = fromBase64Url(signature);
  const body = fromBase64Url(payload);
  if (!bytes || !body) return null;
  if (!(await crypto.subtle.verify("HMAC", await signingKey(rootKey), bytes, utf8(payload)))) return null;
  const json = parseJson(new TextDecoder().decode(body));
  const ticket = Ticket.safeParse(json.ok ? json.value : null);
  return ticket.success && ticket.data.path === path && ticket.data.expires_at > now ? ticket.data : null;
}

/** The subprotocol `ticket.<value>` among those that a client offers. */
export function offeredTicket(headers: Headers): { protocol: string; value: string } | null {
  const offered = (headerOf(headers, "Sec-WebSocket-Protocol", MAX_TICKET_UNITS) ?? "")
    .split(",")
    .map((name) => name.trim());
  const protocol = offered.find((name) => name.startsWith(PREFIX));
  return protocol ? { protocol, value: protocol.slice(PREFIX.length) } : null;
}

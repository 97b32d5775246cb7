import { MAX_TICKET_UNITS } from "../../limits";
import { headerOf } from "../../protocol/header";
import { SECOND_MS } from "../../time";

/** A stream ticket's life, the contract's number. */
export const TICKET_MS = 60 * SECOND_MS;

/** Tickets for streams: a browser cannot set headers on a WebSocket, and a key has no place in a URL. */
export interface Ticket {
  /** The one path it opens. */
  path: string;
  /** The only sites its asker may see; null: all of them. */
  sites: readonly string[] | null;
  /** The asker's key: what is opened by the ticket closes with it. */
  key_id: string;
  expires_at: number;
  /** Remembered by the actor that takes it, so that it opens one socket. */
  nonce: string;
}

const encoder = new TextEncoder();
const PREFIX = "ticket.";

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

function fromBase64Url(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

const keyFor = (rootKey: string): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", encoder.encode(`ticket:${rootKey}`), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);

/** Signed, so that nothing has to be stored until it is used. */
export async function issueTicket(
  rootKey: string,
  { path, sites, key_id }: Pick<Ticket, "path" | "sites" | "key_id">,
  now: number,
): Promise<Ticket & { value: string }> {
  const ticket: Ticket = { path, sites, key_id, expires_at: now + TICKET_MS, nonce: crypto.randomUUID() };
  const payload = toBase64Url(encoder.encode(JSON.stringify(ticket)));
  const signature = await crypto.subtle.sign("HMAC", await keyFor(rootKey), encoder.encode(payload));
  return { ...ticket, value: `${payload}.${toBase64Url(new Uint8Array(signature))}` };
}

/** The ticket, if it is ours, for this path, and not expired. */
export async function readTicket(rootKey: string, value: string, path: string, now: number): Promise<Ticket | null> {
  const [payload = "", signature = ""] = value.split(".");
  const bytes = fromBase64Url(signature);
  const body = fromBase64Url(payload);
  if (!bytes || !body) return null;
  if (!(await crypto.subtle.verify("HMAC", await keyFor(rootKey), bytes, encoder.encode(payload)))) return null;
  const ticket = JSON.parse(new TextDecoder().decode(body)) as Ticket;
  return ticket.path === path && ticket.expires_at > now ? ticket : null;
}

/** The subprotocol `ticket.<value>` among those a client offers. */
export function offeredTicket(headers: Headers): { protocol: string; value: string } | null {
  const offered = (headerOf(headers, "Sec-WebSocket-Protocol", MAX_TICKET_UNITS) ?? "")
    .split(",")
    .map((name) => name.trim());
  const protocol = offered.find((name) => name.startsWith(PREFIX));
  return protocol ? { protocol, value: protocol.slice(PREFIX.length) } : null;
}

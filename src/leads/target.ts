/**
 * Where a webhook may go. Names only, never addresses: what a name resolves to is the platform's business, which with
 * `global_fetch_strictly_public` reaches nothing that is not on the public Internet.
 */

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|test|invalid|onion|arpa)$/;

/** What is wrong with a target; null when it may be called. In development loopback may be, and http. */
export function targetFault(text: string, isDevelopment: boolean): string | null {
  if (!URL.canParse(text)) return "must be a URL";
  // The parser writes every spelling of an IPv4 address (octal, hexadecimal, one number) with four decimal parts.
  const { protocol, hostname, username, password } = new URL(text);
  if (username || password) return "must not carry a user name or password";
  if (isDevelopment && LOOPBACK.test(hostname)) {
    return protocol === "http:" || protocol === "https:" ? null : "must be http or https";
  }
  if (protocol !== "https:") return "must be https";
  if (hostname.startsWith("[") || /^\d{1,3}(\.\d{1,3}){3}$/.test(hostname))
    return "must be a host name, not an address";
  const name = hostname.replace(/\.$/, "");
  if (!name.includes(".") || PRIVATE_NAME.test(name)) return "must be a public host name";
  return null;
}

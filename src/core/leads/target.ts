/**
 * Decides by its address alone where a webhook may go: to a public name, over TLS, at a port where receivers are. Where the name
 * leads is checked when connecting: on Cloudflare by the platform, which with `global_fetch_strictly_public` reaches nothing that
 * is not on the public Internet; under `npm run dev` by its gate (`scripts/lib/gate.ts`).
 */

/** A host to which webhooks may go, whatever it is. No port: at any port. */
export interface NamedHost {
  hostname: string;
  port: string | null;
}

/**
 * Reads the variable WEBHOOK_HOSTS: `host`, `host:port` or `[address]:port`, separated by commas. The operator sets it, not a site,
 * because a site's admin must not open the network that the operator's server stands in.
 */
export const namedHosts = (text: string | undefined): NamedHost[] =>
  (text ?? "").split(",").flatMap((one) => namedHost(one.trim()) ?? []);

function namedHost(text: string): NamedHost | null {
  const port = /:(\d{1,5})$/.exec(text)?.[1] ?? null;
  const address = `https://${port === null ? text : text.slice(0, -port.length - 1)}`;
  return text !== "" && URL.canParse(address) ? { hostname: new URL(address).hostname, port } : null;
}

const portOf = ({ port, protocol }: URL): string => port || (protocol === "http:" ? "80" : "443");

/** Whether the operator has named the URL's host. */
export const isNamed = (url: URL, named: readonly NamedHost[]): boolean =>
  named.some(({ hostname, port }) => hostname === url.hostname && (port === null || port === portOf(url)));

/** 443, and the other port at which receivers with TLS stand. Any other port belongs to a service that is no receiver. */
const PORTS = ["443", "8443"];

/**
 * Last labels that no public name has: reserved (RFC 6761, 6762, 7686, 8375, 9476; ICANN's `internal`), or used by routers,
 * clusters and directories for what is inside.
 */
const PRIVATE = new Set([
  "localhost",
  "local",
  "internal",
  "test",
  "invalid",
  "onion",
  "arpa",
  "alt",
  "localdomain",
  "domain",
  "intranet",
  "intra",
  "lan",
  "home",
  "homenet",
  "corp",
  "private",
  "workgroup",
  "mail",
  "router",
  "gateway",
  "dhcp",
  "svc",
  "cluster",
  "kube",
  "k8s",
  "consul",
  "nomad",
  "mesos",
  "docker",
  "container",
]);

/** Public domains made for tests on one's own machine: all names below them, or those with an address in it, lead inside. */
const POINTERS = new Set([
  "nip.io",
  "sslip.io",
  "xip.io",
  "xip.name",
  "ip6.name",
  "backname.io",
  "traefik.me",
  "local-ip.co",
  "local-ip.sh",
  "localtest.me",
  "lvh.me",
  "vcap.me",
  "fuf.me",
  "lacolhost.com",
  "yoogle.com",
  "smackaho.st",
  "localho.st",
  "local.gd",
  "localhost.direct",
  "plex.direct",
  "rbndr.us",
  "1u.ms",
]);

/** A label of a name, which is never empty. Host names have no underscores, but some receivers' names do. */
const LABEL = /^[a-z0-9_-]{1,63}$/;
/** RFC 1035's 255 octets, as text. */
const MAX_NAME_UNITS = 253;

/** What is wrong with a target; null if it may be called. In development, a host that the operator has named may be plain http. */
export function targetFault(text: string, isDevelopment: boolean, named: readonly NamedHost[] = []): string | null {
  if (!URL.canParse(text)) return "must be a URL";
  // The parser writes every spelling of an IPv4 address (octal, hexadecimal, one number) with four decimal parts.
  const url = new URL(text);
  const { protocol, username, password } = url;
  if (username || password) return "must not carry a user name or password";
  const isOpen = isNamed(url, named);
  if (isOpen && isDevelopment && protocol === "http:") return null;
  if (protocol !== "https:") return "must be https";
  return isOpen ? null : hostFault(url);
}

function hostFault(url: URL): string | null {
  const { hostname } = url;
  if (hostname.startsWith("[") || /^\d{1,3}(\.\d{1,3}){3}$/.test(hostname))
    return "must be a host name, not an address";
  const name = hostname.replace(/\.$/, "");
  const labels = name.split(".");
  if (name.length > MAX_NAME_UNITS || !labels.every((label) => LABEL.test(label))) return "must be a host name";
  if (labels.length < 2 || PRIVATE.has(labels.at(-1) ?? "") || isPointer(labels)) return "must be a public host name";
  return PORTS.includes(portOf(url)) ? null : "must be at port 443 or 8443";
}

const isPointer = (labels: readonly string[]): boolean =>
  labels.some((_, i) => POINTERS.has(labels.slice(i).join(".")));

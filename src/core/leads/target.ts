/**
 * Where a webhook may go, by its address alone: a public name, over TLS, at a port where receivers are. Where the name leads is
 * looked up by whoever connects: on Cloudflare the platform, which with `global_fetch_strictly_public` reaches nothing that is
 * not on the public Internet; under `npm run dev` its gate (`scripts/lib/gate.ts`).
 */

/** Where webhooks may go whatever it is. No port: at any. */
export interface NamedHost {
  hostname: string;
  port: string | null;
}

/**
 * From the variable WEBHOOK_HOSTS: `host`, `host:port` or `[address]:port`, separated by commas. The operator's say and no
 * site's setting: a site's admin must not open the network that the operator's server stands in.
 */
export const namedHosts = (text: string | undefined): NamedHost[] =>
  (text ?? "").split(",").flatMap((one) => namedHost(one.trim()) ?? []);

function namedHost(text: string): NamedHost | null {
  const port = /:(\d{1,5})$/.exec(text)?.[1] ?? null;
  const address = `https://${port === null ? text : text.slice(0, -port.length - 1)}`;
  return text !== "" && URL.canParse(address) ? { hostname: new URL(address).hostname, port } : null;
}

const portOf = ({ port, protocol }: URL): string => port || (protocol === "http:" ? "80" : "443");

/** Whether the operator has named it. */
export const isNamed = (url: URL, named: readonly NamedHost[]): boolean =>
  named.some(({ hostname, port }) => hostname === url.hostname && (port === null || port === portOf(url)));

/** 443, and the other one that receivers with TLS stand at. Any other port is of a service that is no receiver. */
const PORTS = ["443", "8443"];

/**
 * Last parts of names that no public name has: reserved (RFC 6761, 6762, 7686, 8375, 9476; ICANN's `internal`), or given by
 * routers, clusters and directories to what is inside.
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

/** Public names of which each, or each with an address in it, leads inside: made for tests on one's own machine. */
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

/** A part of a name: none is empty. Underscores are no hosts', but receivers out there have them. */
const LABEL = /^[a-z0-9_-]{1,63}$/;
/** RFC 1035's 255 octets, as text. */
const MAX_NAME_UNITS = 253;

/** What is wrong with a target; null when it may be called. On one's own machine what is named may be plain http. */
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

import { toHex, utf8 } from "../bytes";

/** How an address may be stored: as it is, masked to its network (the default), or as a keyed hash of it. */
export type AddressMode = "full" | "masked" | "hashed";

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** The four numbers of an IPv4 address, or null if it is none. */
function octetsOf(text: string): number[] | null {
  const octets = IPV4.exec(text)?.slice(1).map(Number);
  return octets?.every((octet) => octet < 256) ? octets : null;
}

/** The eight groups of an IPv6 address as numbers, or null if it is none. */
function ipv6Groups(address: string): number[] | null {
  if (!/^[0-9a-f:.]+$/i.test(address)) return null;
  const halves = address.split("::");
  if (halves.length > 2) return null;
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const head = groups(halves[0] ?? "");
  const tail = groups(halves[1] ?? "");
  const last = (halves.length === 2 ? tail : head).at(-1);
  if (last?.includes(".")) return mappedGroups(address, last);
  const gap = 8 - head.length - tail.length;
  if (halves.length === 1 ? gap !== 0 : gap < 1) return null;
  const all = [...head, ...new Array<string>(gap).fill("0"), ...tail];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return all.map((group) => Number.parseInt(group, 16));
}

/** `::ffff:192.0.2.1` and the like: the last two groups are written as IPv4. */
function mappedGroups(address: string, v4: string): number[] | null {
  const [a, b, c, d] = octetsOf(v4) ?? [];
  if (a === undefined || b === undefined || c === undefined || d === undefined) return null;
  const pair = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  return ipv6Groups(`${address.slice(0, address.lastIndexOf(":") + 1)}${pair}`);
}

function v4Of(address: string): number[] | null {
  const octets = octetsOf(address);
  if (octets) return octets;
  const groups = ipv6Groups(address);
  const mapped = groups?.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!groups || !mapped) return null;
  return [6, 7].flatMap((i) => [(groups[i] ?? 0) >> 8, (groups[i] ?? 0) & 0xff]);
}

const v6Prefix = (groups: number[], count: number): string =>
  `${groups
    .slice(0, count)
    .map((group) => group.toString(16))
    .join(":")}::`;

/** The network part that is kept: IPv4 /24, IPv6 /48. Null when the text is no address. */
export function maskAddress(address: string): string | null {
  const v4 = v4Of(address);
  if (v4) return `${v4.slice(0, 3).join(".")}.0/24`;
  const groups = ipv6Groups(address);
  return groups ? `${v6Prefix(groups, 3)}/48` : null;
}

/** Who is counted as one sender: an IPv4 address, or an IPv6 /64, which one subscriber gets whole. */
export function senderOf(address: string): string {
  const v4 = v4Of(address);
  if (v4) return v4.join(".");
  const groups = ipv6Groups(address);
  return groups ? `${v6Prefix(groups, 4)}/64` : "unknown";
}

/** How many parts of an IPv6 /48 are counted separately: together they have so many times what one sender has. */
const PARTS_OF_SITE = 4;

/**
 * The part of an IPv6 /48 that an address is in; null for IPv4. A subscriber with a /48 has 65,536 networks (/64) that each count
 * as one sender. The last number of the network sorts them into a few parts, which are limited, too.
 */
export function siteSenderOf(address: string): string | null {
  const groups = v4Of(address) ? null : ipv6Groups(address);
  return groups ? `${v6Prefix(groups, 3)}/48 ${(groups[3] ?? 0) % PARTS_OF_SITE}` : null;
}

async function hashAddress(address: string, secret: string): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", utf8(secret), algorithm, false, ["sign"]);
  return toHex(await crypto.subtle.sign("HMAC", key, utf8(address))).slice(0, 32);
}

/**
 * The network whose spending is counted together (IPv4 /24, IPv6 /48), in a form that the site allows: masked, or a hash of that.
 * Not the whole address, because anybody with IPv6 has any number of those. Null if the text is no address.
 */
export const limitedAddress = (address: string, mode: AddressMode, secret?: string): Promise<string | null> => {
  const masked = maskAddress(address);
  return masked === null || mode !== "hashed" ? Promise.resolve(masked) : hashedOr(masked, masked, secret);
};

/**
 * An address in the form in which the site allows it to be stored: masked if it asks for a hash and no secret is set. Null if the
 * text is no address.
 */
export async function storedAddress(address: string, mode: AddressMode, secret?: string): Promise<string | null> {
  const masked = maskAddress(address);
  if (masked === null || mode === "masked") return masked;
  if (mode === "full") return address.toLowerCase();
  return hashedOr(masked, address.toLowerCase(), secret);
}

const hashedOr = async (masked: string, address: string, secret?: string): Promise<string> =>
  secret ? `h:${await hashAddress(address, secret)}` : masked;

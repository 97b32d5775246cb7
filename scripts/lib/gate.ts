// `npm run dev` sends every webhook through this gate. It looks each name up, and refuses addresses that are not public.
// Cloudflare does this itself; the local runtime would connect to anything.

import { randomBytes, timingSafeEqual } from "node:crypto";
import { lookup } from "node:dns";
import { createServer, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { listen, shut } from "./listen.ts";

/**
 * Addresses that are not public, or that lead off the public Internet again: the registries of special-purpose addresses (RFC
 * 6890).
 */
const INSIDE_V4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];
/** Only 2000::/3 of IPv6 is public. These ranges of it are not, or carry an IPv4 address inside (Teredo, 6to4). */
const INSIDE_V6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

const inside = new BlockList();
for (const range of INSIDE_V4) inside.addSubnet(...partsOf(range), "ipv4");
for (const range of INSIDE_V6) inside.addSubnet(...partsOf(range), "ipv6");
const outside = new BlockList();
outside.addSubnet("2000::", 3, "ipv6");

function partsOf(range: string): [string, number] {
  const [address = "", bits] = range.split("/");
  return [address, Number(bits)];
}

/** Whether an address is on the public Internet. */
export function isPublic(address: string) {
  if (isIP(address) === 4) return !inside.check(address, "ipv4");
  return isIP(address) === 6 && outside.check(address, "ipv6") && !inside.check(address, "ipv6");
}

type LookUp = (
  hostname: string,
  options: { all: true },
  done: (error: Error | null, found: { address: string; family: number }[]) => void,
) => void;

class Inside extends Error {}

/**
 * The connection itself looks the name up here, so it goes to the address that was judged. One private address is enough to
 * refuse: which of several the connection takes is not known before.
 */
const publicOnly =
  (find: LookUp): LookupFunction =>
  (hostname, options, done) =>
    find(hostname, { all: true }, (error, found) => {
      const [first] = found ?? [];
      if (error || !first) return done(error ?? new Error(`${hostname} has no address`), "");
      if (!found.every(({ address }) => isPublic(address))) return done(new Inside(hostname), "");
      return options.all ? done(null, found) : done(null, first.address, first.family);
    });

/** Headers of the receiver's answer that are passed on. */
const KEPT = ["content-type", "retry-after", "location"];

interface Gate {
  /** It holds a secret, so that only the server sends here. */
  url: string;
  close: () => Promise<void>;
}

/** Webhooks to what the operator has named (WEBHOOK_HOSTS) do not come through here. */
export async function openGate({ find = lookup }: { find?: LookUp } = {}): Promise<Gate> {
  const path = `/${randomBytes(16).toString("hex")}`;
  const server = createServer((incoming, answer) => {
    const text = incoming.headers["x-pulse-target"];
    const isOurs = isSame(incoming.url ?? "", path) && incoming.method === "POST";
    if (!isOurs || typeof text !== "string" || !URL.canParse(text)) {
      answer.writeHead(404).end();
      return;
    }
    const target = new URL(text);
    const { "x-pulse-target": _, host: __, connection: ___, ...headers } = incoming.headers;
    const hostname = target.hostname.replace(/^\[|\]$/g, "");
    const refuse = () => answer.writeHead(403, { "X-Pulse-Refused": "target" }).end();
    // Node does not look an address up, so it is judged here.
    if (isIP(hostname) !== 0 && !isPublic(hostname)) return refuse();
    const send = target.protocol === "https:" ? requestHttps : requestHttp;
    const options = { method: "POST", headers, agent: false, lookup: publicOnly(find) };
    const outgoing = send(target, options, (response) => {
      const kept = KEPT.flatMap((name) =>
        response.headers[name] === undefined ? [] : [[name, response.headers[name]]],
      );
      answer.writeHead(response.statusCode ?? 502, Object.fromEntries(kept));
      response.on("error", () => answer.destroy());
      response.pipe(answer);
    });
    // No answer is made up for the receiver: if its connection breaks, so does this one.
    outgoing.on("error", (error) => (error instanceof Inside ? refuse() : answer.destroy()));
    answer.on("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  return { url: `http://127.0.0.1:${await listen(server)}${path}`, close: () => shut(server) };
}

const isSame = (given: string, wanted: string) =>
  given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));

// Where `npm run dev` sends webhooks through: it looks up where each name leads, and connects to nothing that is inside. On
// Cloudflare the platform does this; the local runtime connects to whatever a name says.

import { randomBytes, timingSafeEqual } from "node:crypto";
import { lookup } from "node:dns";
import { createServer, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** By the registries of special-purpose addresses (RFC 6890): what is not on the public Internet, or leads off it again. */
const INSIDE_V4 = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"],
  ...["192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"],
  ...["224.0.0.0/4", "240.0.0.0/4"],
];
/** Of IPv6 only 2000::/3 is public; in it these are not, or carry an IPv4 address inside (Teredo, 6to4). */
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
 * Looks a name up for the connection itself, so that what was judged is what is connected to. One address inside is enough to
 * refuse: which of several is taken is not known before.
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

/** What an answer keeps on its way back. */
const KEPT = ["content-type", "retry-after", "location"];

/**
 * What the operator has named (WEBHOOK_HOSTS) does not come through here.
 * @returns The address holds a secret: only the server sends here.
 */
export async function openGate({
  find = lookup,
}: {
  find?: LookUp;
} = {}): Promise<{ url: string; close: () => Promise<void> }> {
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
    // An address is not looked up, so it is judged here.
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
    // What the receiver does not say is not said for it: the line breaks here as it broke there.
    outgoing.on("error", (error) => (error instanceof Inside ? refuse() : answer.destroy()));
    answer.on("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(null)));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

const isSame = (given: string, wanted: string) =>
  given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));

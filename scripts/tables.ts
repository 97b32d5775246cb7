// `npm run tables`: builds src/core/network/tables/ from public data. The output is committed; run this to bring it up to date.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./install.ts";
import { CLASSES, CONSUMER_ADDRESSES, classOf } from "./tables/classes.ts";

const HELP = `npm run tables

Builds, from packages of the registry at a fixed version:
  src/core/network/tables/asn.txt    class of each autonomous system that has one, from its name
  src/core/network/tables/colos.txt  where the edge's data centres are: they are named after airports
Needs the network. The tables hold no more than 200 KB each.`;

/** Names and address ranges: RouteViews, DB-IP and the five registries, CC BY 4.0 (attribution stands in the table). */
const ASN_PACKAGE = "@ip-location-db/asn@2.3.2026061719";
/** Airports with their coordinates, CC BY 4.0. */
const AIRPORT_PACKAGE = "airport-data-js@4.0.0";
const MAX_BYTES = 200 * 1024;
/** Classes of which a session says whose network it is. */
const NAMED = ["corporate", "relay", "tor", "vpn"];

if (process.argv.slice(2).some((arg) => arg === "--help" || arg === "-h")) {
  console.log(HELP);
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), "pulsegate-tables-"));

function write(name: string, text: string) {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) throw new Error(`${name} has ${bytes} bytes, more than ${MAX_BYTES}`);
  writeFileSync(join(root, "src/core/network/tables", name), text);
  console.log(`${name}: ${bytes} bytes`);
}

/**
 * @param name Package and version.
 * @returns The folder it is unpacked in.
 */
function unpack(name: string): string {
  console.log(`Fetching ${name} …`);
  const into = mkdtempSync(join(folder, "package-"));
  for (const [command, args] of [
    ["npm", ["pack", name, "--silent"]],
    ["sh", ["-c", "tar xzf *.tgz"]],
  ] as const) {
    const { status, stderr } = spawnSync(command, args, { cwd: into, encoding: "utf8" });
    if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
  }
  return join(into, "package");
}

function asnTable(from: string) {
  const systems = new Map<number, { name: string; addresses: number }>();
  for (const line of readFileSync(join(from, "asn-ipv4.csv"), "utf8").split("\n")) {
    const [, first, last, asn, name] = /^([\d.]+),([\d.]+),(\d+),"?(.*?)"?$/.exec(line) ?? [];
    if (!first || !last || !asn || !name) continue;
    const known = systems.get(Number(asn)) ?? { name, addresses: 0 };
    known.addresses += numberOf(last) - numberOf(first) + 1;
    systems.set(Number(asn), known);
  }
  const byClass = new Map<string, number[]>();
  for (const [asn, { name, addresses }] of [...systems].sort(([a], [b]) => a - b)) {
    const kind = classOf(asn, name, addresses);
    if (kind) byClass.set(kind, [...(byClass.get(kind) ?? []), asn]);
  }
  const lines = [...byClass].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, list]) => `${kind}:${deltas(list)}`);
  const named = NAMED.flatMap((kind) => byClass.get(kind) ?? []).map(
    (asn) => `@${asn.toString(36)} ${systems.get(asn)?.name.slice(0, 48)}`,
  );
  const counts = [...byClass].map(([kind, list]) => `${kind} ${list.length}`).join(", ");
  console.log(`${systems.size} systems; ${counts}`);
  const head = [
    `# ${ASN_PACKAGE}. Autonomous system names and ranges by RouteViews (routeviews.org), DB-IP (db-ip.com) and the NRO`,
    "# (nro.net), CC BY 4.0; changed: reduced to a class by name. Each line: class, then numbers as base 36 differences.",
    "# Lines with @: a number and its name, for the classes that are named.",
    `# residential: an access provider with ${CONSUMER_ADDRESSES} IPv4 addresses or more. Classes: ${CLASSES.join(", ")}.`,
  ];
  return `${[...head, ...lines, ...named].join("\n")}\n`;
}

const numberOf = (address: string) => address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);

const deltas = (rising: number[]) => rising.map((asn, i) => (asn - (rising[i - 1] ?? 0)).toString(36)).join(" ");

async function coloTable(from: string) {
  const data: {
    getAirportsByType(
      type: string,
    ): Promise<{ iata: string; latitude: number; longitude: number; scheduled_service: string }[]>;
  } = createRequire(import.meta.url)(from);
  const lists = await Promise.all(["large_airport", "medium_airport"].map((type) => data.getAirportsByType(type)));
  const lines = lists
    .flat()
    .filter(({ iata, scheduled_service }) => /^[A-Z]{3}$/.test(iata) && scheduled_service === "TRUE")
    .map(({ iata, latitude, longitude }) => `${iata}${Math.round(latitude)},${Math.round(longitude)}`)
    .sort();
  const head = `# ${AIRPORT_PACKAGE}, CC BY 4.0; changed: code and whole degrees (latitude, longitude) of airports with scheduled service.`;
  return `${[head, ...lines].join("\n")}\n`;
}

try {
  write("asn.txt", asnTable(unpack(ASN_PACKAGE)));
  write("colos.txt", await coloTable(unpack(AIRPORT_PACKAGE)));
} finally {
  rmSync(folder, { recursive: true });
}

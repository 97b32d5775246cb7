// The docs as a site. Pages stay where they are, so that the same files and links work on GitHub: docs/, and some of the
// root's own pages.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const { version, repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Pages that stand outside of docs/, and where the site has them. */
const ROOT_PAGES = {
  "ARCHITECTURE.md": "architecture.md",
  "CONTRIBUTING.md": "contributing.md",
  "CHANGELOG.md": "changelog.md",
  "SECURITY.md": "security.md",
  "CODE_OF_CONDUCT.md": "code-of-conduct.md",
};

/** Where the site has a file of the repository; undefined when it is no page. @param {string} file */
function pageOf(file) {
  if (ROOT_PAGES[file]) return ROOT_PAGES[file];
  if (!/^docs\/(?!site\/).*\.md$/.test(file)) return undefined;
  return file.slice("docs/".length).replace(/(^|\/)README\.md$/, "$1index.md");
}

/** Files are linked to when package.json says where the repository is; until then their names stand as text. */
const repositoryUrl = (repository?.url ?? repository)?.replace(/^git\+|\.git$/g, "");

/** As GitHub makes the anchor of a heading. @param {string} text */
const slugify = (text) =>
  text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
    .replace(/ /g, "-");

/**
 * Links are written for GitHub: relative to the file. A page's link becomes the page's place on the site, and VitePress
 * fails on one that is not there; a link to another file of the repository goes to the repository.
 */
function linksOfTheRepository(md) {
  md.core.ruler.push("repository-links", ({ tokens, env }) => {
    const here = dirname(env.realPath ?? env.path);
    for (const { children } of tokens.filter(({ type }) => type === "inline")) {
      let isText = false;
      for (const token of children ?? []) {
        if (token.type === "link_close" && isText) {
          Object.assign(token, { type: "text", content: "", nesting: 0 });
          isText = false;
        }
        const href = token.type === "link_open" ? token.attrGet("href") : null;
        if (!href || /^([a-z]+:|#|\/)/.test(href)) continue;
        const [path = "", hash] = decodeURI(href).split("#");
        const target = resolve(here, path);
        if (!existsSync(target)) throw new Error(`${relative(root, env.path)}: there is no ${path}`);
        const file = relative(root, target);
        const page = pageOf(file);
        if (page) token.attrSet("href", `/${page}${hash ? `#${hash}` : ""}`);
        else if (repositoryUrl) {
          const kind = statSync(target).isDirectory() ? "tree" : "blob";
          token.attrSet("href", `${repositoryUrl}/${kind}/main/${file}`);
        } else {
          Object.assign(token, { type: "text", content: "", nesting: 0 });
          isText = true;
        }
      }
    }
  });
}

/** The first heading of a page is its name in the navigation, a group's own page is its overview. @param {string} file */
function entry(file) {
  const heading = /^# (.+)$/m.exec(readFileSync(join(root, file), "utf8"))?.[1] ?? file;
  const text = file.endsWith("/README.md") ? "Overview" : heading;
  return { text, link: `/${pageOf(file)}`.replace(/(index)?\.md$/, "") };
}

const docs = (...names) => names.map((name) => `docs/${name}.md`).filter((file) => existsSync(join(root, file)));

/** @param {string} text @param {string[]} files */
const group = (text, files) => ({ text, items: files.map(entry) });

const decisions = readdirSync(join(root, "docs/decisions")).filter((name) => /^\d.*\.md$/.test(name));

export default defineConfig({
  title: "PulseGate",
  description: "Real-time session intelligence at the edge.",
  lang: "en",
  srcDir: root,
  srcExclude: [
    ...readdirSync(root, { withFileTypes: true })
      .filter(({ name }) => name !== "docs" && !ROOT_PAGES[name])
      .map((one) => (one.isDirectory() ? `${one.name}/**` : one.name))
      .filter((pattern) => /\.md$|\/\*\*$/.test(pattern)),
    "docs/site/**",
  ],
  outDir: join(root, "dist/docs"),
  cacheDir: fileURLToPath(new URL("../node_modules/.cache", import.meta.url)),
  rewrites: (file) => pageOf(file) ?? file,
  markdown: { anchor: { slugify }, config: linksOfTheRepository },
  head: [["link", { rel: "icon", href: `data:image/svg+xml,${encodeURIComponent(icon())}` }]],
  vite: { publicDir: false, server: { watch: { ignored: ["**/.state/**", "**/dist/**", "**/.wrangler/**"] } } },
  themeConfig: {
    outline: [2, 3],
    search: {
      provider: "local",
      // A word of four letters means what it says: "dead" does not find "lead".
      options: { miniSearch: { searchOptions: { fuzzy: 0.1, prefix: true, boost: { title: 4, text: 2, titles: 1 } } } },
    },
    nav: [
      { text: "Start", link: "/start" },
      { text: "How to", link: "/how-to/" },
      { text: "Reference", link: "/api" },
      { text: version, link: "/changelog" },
    ],
    sidebar: [
      group("Start", docs("README", "start", "deploy")),
      group("Concepts", [...docs("concepts"), "ARCHITECTURE.md"]),
      group(
        "How to",
        docs(
          ...["how-to/README", "how-to/add-to-a-page", "how-to/use-it-in-an-app", "how-to/consent"],
          ...["how-to/leads-to-a-crm", "how-to/erase-a-person", "how-to/rebuild", "how-to/back-test"],
        ),
      ),
      group("Reference", [
        ...docs("tracker", "api", "sources", "leads", "scoring", "rules", "recording", "dashboard"),
        ...docs("operations", "storage-schema", "limits", "commands", "performance", "dependencies"),
      ]),
      {
        ...group("Decisions", [...docs("decisions/README"), ...decisions.map((name) => `docs/decisions/${name}`)]),
        collapsed: true,
      },
      group(
        "Project",
        Object.keys(ROOT_PAGES).filter((file) => file !== "ARCHITECTURE.md" && existsSync(join(root, file))),
      ),
    ],
  },
});

function icon() {
  return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1750ac"/><path d="M5 17h5l3-8 5 15 3-7h6" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>';
}

// Relative links of the docs, as GitHub reads them: each file is there, and each heading that is named.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const NOT_OURS = new Set(["node_modules", "dist", "bench", "test", "src", "site"]);

/** Every page below a folder. */
export function pagesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((one) => {
    const path = join(folder, one.name);
    if (one.isDirectory()) return one.name.startsWith(".") || NOT_OURS.has(one.name) ? [] : pagesUnder(path);
    return one.name.endsWith(".md") ? [path] : [];
  });
}

/** The text without code. */
const prose = (text: string) =>
  text.replace(/^( *)(```|~~~)[\s\S]*?^\1\2/gm, "").replace(/`[^`\n]*`/g, (code) => " ".repeat(code.length));

/** As GitHub makes the anchor of a heading. */
export const slug = (text: string) =>
  text
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[`*]/g, "")
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
    .replace(/ /g, "-");

function headings(file: string) {
  const text = readFileSync(file, "utf8").replace(/^( *)(```|~~~)[\s\S]*?^\1\2/gm, "");
  return new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => slug(heading)));
}

/** What is wrong with the links of the pages. */
export function deadLinks(root: string): string[] {
  return pagesUnder(root).flatMap((file) => {
    const name = relative(root, file);
    return [...prose(readFileSync(file, "utf8")).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, href = ""]) => {
      if (/^[a-z]+:/.test(href)) return [];
      if (href.startsWith("/")) return [`${name}: ${href} works on neither GitHub nor the site`];
      const [path = "", anchor] = decodeURI(href).split("#");
      const target = path ? resolve(dirname(file), path) : file;
      if (!existsSync(target)) return [`${name}: there is no ${href}`];
      if (!anchor || statSync(target).isDirectory() || headings(target).has(anchor)) return [];
      return [`${name}: there is no heading for ${href}`];
    });
  });
}

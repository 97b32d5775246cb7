import { toBase64, utf8 } from "../../core/bytes";

/** Parts of a Content-Security-Policy that are made from a page's own text. */

async function hashOf(text: string): Promise<string> {
  return `'sha256-${toBase64(await crypto.subtle.digest("SHA-256", utf8(text)))}'`;
}

/** The hash of each text between two tags. */
async function hashesOf(html: string, open: string, close: string): Promise<string> {
  const parts = html.split(open).slice(1);
  return (await Promise.all(parts.map((part) => hashOf(part.split(close, 1)[0] ?? "")))).join(" ");
}

/** `style-src` with the hash of each style in one of our pages. */
export const stylesOf = async (html: string): Promise<string> =>
  `style-src ${await hashesOf(html, "<style>", "</style>")}`;

/** `script-src` with the hash of each module in one of our pages, and this server's own files. */
export const scriptsOf = async (html: string): Promise<string> =>
  `script-src 'self' ${await hashesOf(html, '<script type="module">', "</script>")}`;

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { signedIn } from "../../scripts/dashboard/tour.ts";

/** A dashboard in Chromium, and everything it must not do while it is used. */
export interface Viewer {
  page: Page;
  context: BrowserContext;
  /** CSP violations, dialogs, errors, navigation elsewhere: what was done that nobody asked for. */
  faults: string[];
}

/** What a page that shows foreign text as anything but text would give away. */
async function watch(page: Page, faults: string[]): Promise<void> {
  await page.exposeBinding("pulsegateFault", (_, what: string) => {
    faults.push(what);
  });
  await page.addInitScript(() => {
    const fault = (what: string): void => {
      (window as unknown as { pulsegateFault: (what: string) => void }).pulsegateFault(what);
    };
    addEventListener("securitypolicyviolation", (event) => {
      fault(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
    for (const name of ["alert", "confirm", "prompt", "open", "print"] as const) {
      Object.assign(window, { [name]: () => fault(`${name}()`) });
    }
  });
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame() && !/\/dashboard(#|$)|^about:blank/.test(frame.url()))
      faults.push(`went to ${frame.url()}`);
  });
}

type ContextOptions = Parameters<Browser["newContext"]>[0];

export async function openViewer(
  browser: Browser,
  { key }: { key: string | null },
  options: ContextOptions = {},
): Promise<Viewer> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: "reduce",
    ...options,
  });
  const faults: string[] = [];
  const page = key === null ? await context.newPage() : await signedIn(context, key);
  await watch(page, faults);
  return { page, context, faults };
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Axe {
  run: (where: Document, options: unknown) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

/** What axe finds, each with the place it is at; by all of its rules, or by these. */
export async function axeFindings(page: Page, rules?: readonly string[]): Promise<string[]> {
  const isThere = await page.evaluate(() => "axe" in window);
  if (!isThere) await page.evaluate(axeSource);
  return page.evaluate(async (runOnly) => {
    const { axe } = window as unknown as { axe: Axe };
    const { violations } = await axe.run(document, { resultTypes: ["violations"], ...(runOnly && { runOnly }) });
    return violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  }, rules);
}

/**
 * Elements and attributes that the dashboard never makes: there only if a text became markup. The page's own scripts
 * and styles are in its head.
 */
export const foreignMarkup = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const foreign = document.querySelectorAll(
      "body script:not([src^='/dashboard/']), iframe, object, embed, img, base, style, link[rel=import], body meta, marquee, video, audio, math, applet, body link, isindex, plaintext, xss, foo, b, i, u, font, blink, frameset",
    );
    const found = [...foreign].map(({ outerHTML }) => outerHTML.slice(0, 120));
    for (const element of document.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        const isHandler = name.startsWith("on");
        const isScript =
          /^(href|src|action|formaction|xlink:href)$/.test(name) && /^\s*(javascript|data|vbscript):/i.test(value);
        if (isHandler || isScript) found.push(`${element.localName}[${name}=${value.slice(0, 80)}]`);
      }
    }
    return found;
  });

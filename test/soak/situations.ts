import type { BrowserContext, Page } from "playwright-core";

/** What pages of other people do to the tracker: of every ten visits of the soak one is on each kind. */
export interface Situation {
  name: string;
  /** Before the visit's first page. */
  prepare?(context: BrowserContext): Promise<unknown>;
  /** On each of its pages, while it goes on. */
  act?(page: Page): Promise<unknown>;
}

const HTML = { contentType: "text/html", headers: { "Access-Control-Allow-Origin": "*" }, body: "<h1>Not here</h1>" };

export const SITUATIONS: readonly Situation[] = [
  { name: "a page like any other" },
  {
    name: "lists have a toJSON of the page's own",
    prepare: (context) =>
      context.addInitScript(() => {
        (Array.prototype as { toJSON?: unknown }).toJSON = function (this: unknown[]) {
          return `list:${this.join()}`;
        };
      }),
  },
  {
    name: "a tool adds its headers to each call",
    prepare: (context) =>
      context.addInitScript(() => {
        const { fetch } = window;
        window.fetch = (url, init) =>
          fetch(url, { ...init, headers: { ...(init?.headers as object), traceparent: "00-1-1-01", baggage: "a=b" } });
      }),
  },
  {
    name: "a firewall and a captive portal answer first",
    async prepare(context) {
      const theirs = [403, 200, 404];
      await context.route("**/track/events/batch", (route) => {
        const status = theirs.shift();
        return status ? route.fulfill({ ...HTML, status }) : route.fallback();
      });
    },
  },
  {
    name: "addresses change within the page",
    act: (page) =>
      page.evaluate(() => {
        for (let i = 0; i < 10; i++) history.replaceState({}, "", `#sec-${i}`);
        history.pushState({}, "", `${location.pathname}?page=2`);
        history.replaceState({}, "", `${location.pathname}?page=2&token=abc123#x`);
      }),
  },
  {
    name: "there is no Navigation API",
    prepare: (context) =>
      context.addInitScript(() => Object.defineProperty(window, "navigation", { value: undefined })),
    act: (page) => page.evaluate(() => history.pushState({}, "", `${location.pathname}?page=3`)),
  },
  {
    name: "the scripts are there twice",
    act: (page) =>
      page.evaluate(() => {
        const src = document.querySelector<HTMLScriptElement>('script[src*="/tracker.js"]')?.src ?? "";
        for (const file of ["tracker.js", "pulse.js", "form.js", "form.js"]) {
          const tag = Object.assign(document.createElement("script"), { src: src.replace("tracker.js", file) });
          tag.dataset["site"] = "shop";
          document.head.append(tag);
        }
      }),
  },
  {
    name: "the page is prepared before it is shown",
    prepare: (context) =>
      context.addInitScript(() => {
        let isPrepared = true;
        Object.defineProperty(document, "prerendering", { get: () => isPrepared });
        setTimeout(() => {
          isPrepared = false;
          document.dispatchEvent(new Event("prerenderingchange", { bubbles: true }));
        }, 300);
      }),
  },
  {
    name: "scripts fail again and again",
    act: (page) =>
      page.evaluate(() => {
        const fail = () => {
          throw new Error("Cannot read properties of undefined");
        };
        for (let i = 0; i < 30; i++) setTimeout(fail);
        dispatchEvent(new ErrorEvent("error", { message: "ResizeObserver loop limit exceeded" }));
      }),
  },
  {
    name: "a form has the campaign in hidden fields",
    act: (page) =>
      page.evaluate(() => {
        const form = document.createElement("form");
        form.innerHTML = '<input type="hidden" name="utm_source" value="letter"><input name="q" value="boots">';
        document.body.append(form);
        // As a form that is sent has its data taken.
        new FormData(form);
        history.pushState({}, "", `${location.pathname}?q=boots&page=4`);
      }),
  },
];

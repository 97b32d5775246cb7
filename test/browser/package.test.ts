import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { Page } from "playwright-core";
import { build, createLogger } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { App } from "../local/app.ts";
import { liveCount, settled, storedEvents } from "./analytics";
import { sessionIdOf } from "./created";
import { describeVisits, started } from "./setting";

/** Real apps, built by Vite from the packed package: they call `init`, and the rest is the tracker's. */

const MARKUP = `<!doctype html><title>App</title><div id="app"></div><script type="module" src="./main.js"></script>`;

/** React calls each effect twice in development, so it calls `init` twice. */
const REACT = (endpoint: string) => `
  import { createElement as h, StrictMode, useEffect } from "react";
  import { createRoot } from "react-dom/client";
  import { init, on, track } from "pulsegate";

  function App() {
    useEffect(() => {
      window.effects = (window.effects ?? 0) + 1;
      on("session", (id) => { window.session_id = id; });
      init({ endpoint: "${endpoint}", site: "react" });
    }, []);
    return h("main", null,
      h("button", { id: "buy", onClick: () => track("购物车", { sku: "boot-42" }) }, "Buy"),
      h("form", { id: "signup", onSubmit: (event) => event.preventDefault() },
        h("input", { name: "first" }), h("input", { name: "code", type: "password" }), h("button", { id: "send" }, "Send")));
  }
  createRoot(document.querySelector("#app")).render(h(StrictMode, null, h(App)));`;

const PLAIN = (endpoint: string) => `
  import { init, on, track } from "pulsegate";
  import * as other from "pulsegate/browser";

  track("Before Init");
  on("session", (id) => { window.session_id = id; });
  document.querySelector("#app").innerHTML =
    '<button id="buy">Buy</button><form id="signup"><input name="first"><button id="send">Send</button></form>';
  document.querySelector("#signup").onsubmit = () => false;
  document.querySelector("#buy").onclick = () => track("购物车", { sku: "boot-42" });
  init({ endpoint: "${endpoint}", site: "plain" });
  init({ endpoint: "https://elsewhere.example", site: "other" });
  other.init({ site: "other" });`;

describeVisits("an app that is built with the package", (setting) => {
  let app: App;
  let url: string;
  let server: Server;
  beforeAll(async () => {
    app = new App(["react", "react-dom", "scheduler"]);
    server = createServer((request, response) => {
      const file = request.url?.startsWith("/assets/") ? request.url : "index.html";
      const type = extname(file) === ".js" ? "text/javascript" : "text/html; charset=utf-8";
      response.writeHead(200, { "Content-Type": type }).end(readFileSync(join(app.path, "dist", file)));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server?.close();
    server?.closeAllConnections();
    app?.remove();
  });

  /** Builds the app, and opens it. Returns its page, with a tracker that has all of its files. */
  async function opened(main: string): Promise<Page> {
    app.write("index.html", MARKUP);
    app.write("main.js", main);
    const said: string[] = [];
    const logger = createLogger("warn");
    logger.warn = (message) => void said.push(message);
    await build({
      root: app.path,
      configFile: false,
      mode: "development",
      base: "./",
      logLevel: "warn",
      customLogger: logger,
      define: { "process.env.NODE_ENV": '"development"' },
      build: { minify: false, outDir: "dist", emptyOutDir: true },
    });
    expect(said.filter((message) => !/chunks are larger/.test(message))).toEqual([]);
    const page = await (await setting.browser.newContext()).newPage();
    await page.goto(url);
    await started(page);
    return page;
  }

  /** Uses it as a visitor does, and returns the events that are stored. */
  async function used(page: Page) {
    const id = await sessionIdOf(page);
    await page.click("#buy");
    await page.click("#signup [name=first]");
    await page.keyboard.type("Jane");
    await page.click("#send");
    await liveCount(setting.server, id, "form_submit", 1);
    expect(await page.evaluate(() => "PulseGate" in window)).toBe(false);
    await page.context().close();
    const { completeness } = await settled(setting.server, id, 0);
    expect(completeness).toMatchObject({ missing: 0, rejected: 0, gone: 0 });
    const events = (await storedEvents(setting.server, id)).sort((a, b) => a.number - b.number);
    const ours = events.filter(({ event_type }) => !/^(mousemove|visibility_change|scroll)$/.test(event_type));
    return ours.map(({ event_type, name, data }) => ({ type: name ?? event_type, data }));
  }

  const AFTER = [
    ["click", "购物车", "click", "form_focus", "form_change", "click", "form_submit"],
    expect.objectContaining({ form: "signup", fields: 1 }),
  ] as const;

  test("React in strict mode: one page view, one session, its own events, and its forms", async () => {
    const page = await opened(REACT(setting.server.url));
    expect(await page.evaluate(() => (window as unknown as { effects: number }).effects)).toBe(2);
    const events = await used(page);
    const types = events.map(({ type }) => type);
    expect(types[0]).toBe("page_view");
    expect([...types.slice(1)].sort()).toEqual([...AFTER[0]].sort());
    expect(events.find(({ type }) => type === "购物车")?.data).toEqual({ sku: "boot-42" });
    expect(events.find(({ type }) => type === "form_submit")?.data).toEqual(AFTER[1]);
  });

  test("without a framework: what is called before `init` counts, and a second `init` changes nothing", async () => {
    const types = (await used(await opened(PLAIN(setting.server.url)))).map(({ type }) => type);
    expect(types.slice(0, 2)).toEqual(["page_view", "Before Init"]);
    expect(types.slice(2).sort()).toEqual([...AFTER[0]].sort());
  });
});

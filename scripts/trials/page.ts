// A page with the recorder and nothing else of the tracker, on a server that keeps what the recorder sends.
import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { listen, shut } from "../lib/listen.ts";

/** What the page loads. */
interface Content {
  body: string;
  script: string;
  recorder: string;
}

/** How long a component takes to load and draw itself. */
const DRAWN_MS = 1_000;

export async function openPage(browser: Browser, content: Content) {
  const chunks: string[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === "POST") {
      const parts = [];
      for await (const part of request) parts.push(part);
      const body = Buffer.concat(parts);
      chunks.push((body[0] === 0x1f ? gunzipSync(body) : body).toString());
      response.writeHead(200, { "Content-Type": "application/json" }).end('{ "ack": true }');
      return;
    }
    const [type, text] = fileOf(request.url ?? "", content);
    response.writeHead(200, { "Content-Type": `${type}; charset=utf-8` }).end(text);
  });
  const port = await listen(server);
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.waitForTimeout(DRAWN_MS);
  await page.evaluate(START);
  const sent = () => chunks.join("\n");
  return {
    click: (selector: string) => page.locator(selector).first().click({ timeout: 10_000 }),
    type: (text: string) => page.keyboard.type(text, { delay: 15 }),
    /** Whether the page shows the text, spaces aside. If it does not, nothing was typed, and the trial proves nothing. */
    shows: (text: string) =>
      page.evaluate(`document.documentElement.outerHTML.replace(/ /g, "").includes(${JSON.stringify(text)})`),
    /** Has the recorder take a whole snapshot, and send everything. */
    async leave() {
      await page.evaluate(AGAIN);
      await page.waitForTimeout(500);
      await page.evaluate("dispatchEvent(new Event('pagehide'))");
      await page.waitForTimeout(500);
      const events = chunks.reduce((sum, chunk) => sum + JSON.parse(chunk).events.length, 0);
      return { sent: sent(), events };
    },
    async close() {
      await page.close();
      await shut(server);
    },
  };
}

function fileOf(path: string, { body, script, recorder }: Content): [type: string, text: string] {
  if (path === "/recorder.js") return ["text/javascript", recorder];
  if (path === "/page.js") return ["text/javascript", script];
  return ["text/html", path === "/" ? `<!doctype html><title>Trial</title><body>${body}` : ""];
}

/** Starts the recorder with what the tracker would give it. */
const START = `(async () => {
  const session = (id) => localStorage.setItem("pulsegate.session.trial", JSON.stringify({ id, key: "key" }));
  session("first");
  let change = () => {};
  const { start } = await import("/recorder.js");
  const options = { endpoint: location.origin, site: "trial" };
  const obey = start({ options, mayStore: () => true, on: (_, hook) => { change = hook; }, cleanUrl: (href) => href });
  const record = () => obey({ send: true, text: "shown" });
  record();
  window.recordAgain = () => { session("second"); change(); record(); };
})()`;
const AGAIN = "recordAgain()";

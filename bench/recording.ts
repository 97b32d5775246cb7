// `npm run bench:recording`: what a recorded minute weighs and costs: a visit of a made-up shop in Chromium, played at its
// real speed against the real server, and what of it is in R2 afterwards.
import { createServer } from "node:http";
import { listen, shut } from "../scripts/lib/listen.ts";
import { launch, needChromium } from "../test/local/chromium.ts";
import { startServer } from "../test/local/server.ts";
import { until } from "../test/local/until.ts";
import { bill } from "./prices.ts";

const HELP = `npm run bench:recording [-- --seconds <n>] [-- --json]

Visits a page of 400 products in Chromium for that long (default 60): moves, scrolls, clicks, with something new on the page
each second; then prices what was recorded. Ends with 1 if a target does not hold.
  --json  one object: { targets: [{ name, value, unit, goal, holds }] }`;

/** Dollars for a thousand recorded visits of three minutes, their objects kept for 90 days: a fiftieth of a cent each. */
const DOLLARS_GOAL = 0.2;
/** Bytes of a recorded minute, in R2. */
const BYTES_GOAL = 100_000;
const CHUNKS_GOAL = 8;
/** What the object waits for R2: Cloudflare's users report 50 to 150 ms a put. */
const PUT_MS = 100;
/** R2, dollars a GB and month, for three months. */
const KEPT_GB = 0.015 * 3;
const VISIT_MINUTES = 3;

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  console.log(HELP);
  process.exit(0);
}
const at = args.indexOf("--seconds");
const seconds = at < 0 ? 60 : Number(args[at + 1]);
if (!Number.isInteger(seconds) || seconds < 10) {
  console.error(`--seconds takes a whole number of at least 10, not ${args[at + 1]}.`);
  process.exit(2);
}
needChromium();

const server = await startServer({ env: { RATE_LIMIT: "off" } });
const shop = await openShop(server.url);
const browser = await launch();
let kept: { chunks: number; bytes: number };
try {
  const settings = JSON.stringify({ allowed_origins: ["*"], record: true });
  await server.api("/analytics/sites/bench", { method: "PUT", body: settings });
  kept = await visit();
} finally {
  await browser.close();
  await shop.close();
  await server.stop();
}

const minutes = seconds / 60;
const each = kept.chunks / minutes;
// The first and the last chunk of a visit do not come again with each minute.
const chunks = 2 + Math.max(0, each - 2) * VISIT_MINUTES;
const counts = {
  "recording:requests": chunks,
  "recording:object_calls": chunks,
  "recording:object_rows_written": chunks + 1,
  "recording:r2_class_a": chunks,
  "recording:active_ms": chunks * PUT_MS,
};
const bytes = (kept.bytes / minutes) * VISIT_MINUTES;
const dollars = 1_000 * (bill(counts).dollars + (bytes / 1e9) * KEPT_GB);
const targets = [
  atMost("chunks of a recorded minute", each, "objects", CHUNKS_GOAL),
  atMost("bytes of a recorded minute in R2", kept.bytes / minutes, "B", BYTES_GOAL),
  atMost("a thousand recorded visits of 3 minutes, kept 90 days", dollars, "$", DOLLARS_GOAL),
];
if (args.includes("--json")) console.log(JSON.stringify({ targets, seconds, ...kept }, null, 2));
else {
  for (const { name, value, unit, goal, holds } of targets) {
    console.log(`${holds ? "ok  " : "FAIL"} ${name}: ${value.toPrecision(3)} ${unit} (at most ${goal})`);
  }
}
process.exit(targets.every(({ holds }) => holds) ? 0 : 1);

function atMost(name: string, value: number, unit: string, goal: number) {
  return { name, value, unit, goal, holds: value <= goal };
}

/** Plays the visit, leaves, and returns what its session's actor has of it. */
async function visit() {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(() => {
    let api: { on(name: string, hook: (id: unknown) => void): void } | undefined;
    Object.defineProperty(window, "PulseGate", {
      get: () => api,
      set(value) {
        api = value;
        api?.on("session", (id) => Object.assign(window, { session_id: id }));
      },
    });
  });
  await page.goto(shop.url);
  await page.waitForFunction("window.session_id");
  const id = await page.evaluate("window.session_id");
  const end = Date.now() + seconds * 1_000;
  for (let i = 0; Date.now() < end; i++) {
    await page.mouse.move(200 + 37 * (i % 20), 150 + 23 * (i % 25), { steps: 12 });
    await page.mouse.wheel(0, i % 12 < 9 ? 240 : -600);
    if (i % 3 === 0) await page.mouse.click(200 + 37 * (i % 20), 150 + 23 * (i % 25));
    await page.waitForTimeout(600);
  }
  await page.close();
  let found: { chunks: number; bytes: number } | null = null;
  await until(async () => {
    const answer = await server.api(`/analytics/sessions/${id}/live`);
    const { data } = await answer.json();
    const isSettled = found !== null && data.recording?.chunks === found.chunks;
    found = data.recording;
    await new Promise((done) => setTimeout(done, 2_000));
    return isSettled;
  }, "the recording in R2");
  if (!found) throw new Error("nothing was recorded");
  return found;
}

/** A page of many products, on which something moves. */
async function openShop(tracker: string) {
  const products = Array.from(
    { length: 400 },
    (_, i) => `<li class="card"><h2>Product ${i}</h2><p>Something that ${i} people have bought, and would buy again.</p>
      <button class="buy" data-sku="sku-${i}">Into the cart</button></li>`,
  );
  const rules = Array.from(
    { length: 300 },
    (_, i) => `.u-${i} { margin: ${i}px; padding: ${i % 7}px; color: #${100 + i} }`,
  );
  const html = `<!doctype html><title>Shop</title><style>.card { display: inline-block; width: 280px } ${rules.join("\n")}</style>
    <script async src="${tracker}/tracker.js" data-site="bench"></script><p id="clock"></p><ul>${products.join("")}</ul>
    <script>let n = 0; setInterval(() => { clock.textContent = "Offer ends in " + (9999 - ++n) + " s"; }, 1000);
    document.onclick = ({ target }) => { if (target.className === "buy") target.textContent = "In the cart"; };</script>`;
  const http = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(html);
  });
  return { url: `http://127.0.0.1:${await listen(http)}`, close: () => shut(http) };
}

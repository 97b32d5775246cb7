// @ts-check
// `npm run screenshots`: pictures of every view of the dashboard.
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { launch, needChromium } from "../test/local/chromium.mjs";
import { DEVELOPMENT_KEY, setStage } from "./dashboard/stage.mjs";
import { signedIn, stops, visit } from "./dashboard/tour.mjs";
import { root } from "./install.mjs";

const HELP = `npm run screenshots -- --url http://localhost:8787 [options]

Pictures of every view of a running PulseGate's dashboard; visits, leads and keys are made for it unless --stage names
a session, a lead and a fingerprint that are there.
  --url      where it runs ("npm run dev", best on the state of "npm run seed")
  --key      its API key (default: the development key)
  --out      folder (default docs/dashboard)
  --widths   of the window (default 1440)
  --schemes  light, dark or both (default light)
  --views    only these, separated by commas
  --stage    session,lead,fingerprint
  --quality  of the JPEG files, 1 to 100 (default 62); 0 writes PNG`;

/** CSS pixels of a picture: the fiftieth row of a table looks like the twentieth. */
const TALLEST = 1_500;

const { values } = parseArgs({
  options: {
    url: { type: "string" },
    key: { type: "string", default: DEVELOPMENT_KEY },
    out: { type: "string", default: "docs/dashboard" },
    widths: { type: "string", default: "1440" },
    schemes: { type: "string", default: "light" },
    views: { type: "string" },
    stage: { type: "string" },
    quality: { type: "string", default: "62" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help || !values.url) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
needChromium();
const api = { url: values.url, key: values.key };
const [session = "", lead = "", fingerprint = ""] = values.stage?.split(",") ?? [];
const stage = values.stage ? null : await setStage(api);
const quality = Number(values.quality);
const wanted = values.views?.split(",");
const tour = stops(stage ?? { session, lead, fingerprint }).filter(({ name }) => !wanted || wanted.includes(name));
const out = resolve(root, values.out);
mkdirSync(out, { recursive: true });

const browser = await launch();
for (const scheme of /** @type {("light" | "dark")[]} */ (values.schemes.split(","))) {
  for (const width of values.widths.split(",").map(Number)) {
    const context = await browser.newContext({
      viewport: { width, height: width < 500 ? 812 : 900 },
      colorScheme: scheme,
      reducedMotion: "reduce",
    });
    const page = await signedIn(context, api.key);
    for (const stop of tour) {
      await visit(page, api.url, stop);
      // uPlot draws in the frame after its answer.
      await page.waitForTimeout(150);
      const name = `${stop.name}-${width}-${scheme}.${quality > 0 ? "jpg" : "png"}`;
      const type = quality > 0 ? /** @type {const} */ ({ type: "jpeg", quality }) : {};
      const { tall, wide } = await page.evaluate(() => {
        const { scrollHeight, scrollWidth } = document.documentElement;
        return { tall: scrollHeight, wide: scrollWidth - innerWidth };
      });
      const clip = { x: 0, y: 0, width, height: Math.min(tall, TALLEST) };
      await page.screenshot({ path: `${out}/${name}`, fullPage: true, clip, ...type });
      console.log(wide > 0 ? `${name}: ${wide} px wider than the window` : name);
    }
    await context.close();
  }
}
await browser.close();
await stage?.close();

// `npm run screenshots`: the pictures that the docs show, or with --tour one of every view of the dashboard.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { launch, needChromium } from "../test/local/chromium.ts";
import { startServer } from "../test/local/server.ts";
import { setStage } from "./dashboard/stage.ts";
import { signedIn, stops, visit } from "./dashboard/tour.ts";
import { installMissing, root, run } from "./install.ts";
import { DEVELOPMENT_KEY } from "./lib/dev-options.ts";

interface Picture {
  view: string;
  width: number;
  scheme: "light" | "dark";
}

const WIDTH = 1_440;

/** The pictures that the docs show. */
const OF_THE_DOCS: readonly Picture[] = [
  ...["overview", "live", "session", "session-replay", "identity", "lead", "deliveries", "quality"].map(
    (view) => ({ view, width: WIDTH, scheme: "light" }) as Picture,
  ),
  { view: "overview", width: 375, scheme: "dark" },
];
const DOCS_FOLDER = "docs/dashboard";
const TOUR_FOLDER = "dist/tour";

/** The largest height of a picture, CSS pixels: more rows of a table show nothing new. */
const TALLEST = 1_000;
/** Small, because a repository keeps every version of a picture. */
const LARGEST_BYTES = 60_000;
const QUALITIES = [82, 74, 66, 58, 50, 42, 34];

const HELP = `npm run screenshots [-- options]

Makes the ${OF_THE_DOCS.length} pictures that the docs show, as WebP of at most ${LARGEST_BYTES / 1_000} kB each, and deletes any other picture
in their folder (${DOCS_FOLDER}). It starts a PulseGate of its own, with a made-up year in it, and stops it again.
  --tour     every view instead, at 375, 768 and 1440 px, light and dark, into ${TOUR_FOLDER}, which is not committed
  --views    of the tour: only these, separated by commas
  --widths   of the tour (default 375,768,1440)
  --schemes  of the tour (default light,dark)
  --out      another folder; nothing in it is deleted
  --format   webp (default) or png
  --url      a PulseGate that is running, instead of one of its own; visits, leads and keys are made for it
  --key      its API key (default: the development key)
  --stage    session,lead,fingerprint: show these, and make nothing
  --help     this text`;

const { values } = parseArgs({
  options: {
    tour: { type: "boolean", default: false },
    views: { type: "string" },
    widths: { type: "string", default: "375,768,1440" },
    schemes: { type: "string", default: "light,dark" },
    out: { type: "string" },
    format: { type: "string", default: "webp" },
    url: { type: "string" },
    key: { type: "string", default: DEVELOPMENT_KEY },
    stage: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
if (!["webp", "png"].includes(values.format)) {
  console.error(`--format is webp or png, not ${values.format}.`);
  process.exit(2);
}
needChromium();

const server = values.url ? null : await ownServer();
const api = { url: values.url ?? server?.url ?? "", key: values.key };
const [session = "", lead = "", fingerprint = ""] = values.stage?.split(",") ?? [];
const stage = values.stage ? null : await setStage(api);
const tour = stops(stage ?? { session, lead, fingerprint });

const out = resolve(root, values.out ?? (values.tour ? TOUR_FOLDER : DOCS_FOLDER));
mkdirSync(out, { recursive: true });
const wanted = values.tour ? wholeTour() : OF_THE_DOCS;

const browser = await launch();
let total = 0;
try {
  for (const picture of wanted) {
    const bytes = await take(picture);
    total += bytes;
    console.log(`${nameOf(picture)}  ${(bytes / 1_000).toFixed(0)} kB`);
  }
} finally {
  await browser.close();
  await stage?.close();
  await server?.stop();
}
if (!values.tour && !values.out) deleteOthers();
console.log(`${wanted.length} pictures, ${(total / 1_000).toFixed(0)} kB, in ${out}`);

/** A PulseGate with a made-up year. Its stop deletes its folder. */
async function ownServer() {
  installMissing();
  run(process.execPath, ["scripts/build.ts"]);
  const own = await startServer({ lean: true, env: { RATE_LIMIT: "off" } });
  // Its tables are there now; the year is written while it is down.
  await own.kill();
  console.log("Writing a made-up year …");
  const seed = spawnSync(process.execPath, ["bench/seed.ts", "--json"], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, STATE_DIR: own.state },
  });
  if (seed.status !== 0) {
    await own.stop();
    throw new Error(`npm run seed failed:\n${seed.stdout}${seed.stderr}`);
  }
  await own.start();
  return own;
}

function wholeTour(): Picture[] {
  const only = values.views?.split(",");
  const schemes = values.schemes.split(",") as Picture["scheme"][];
  return tour
    .filter(({ name }) => !only || only.includes(name))
    .flatMap(({ name: view }) =>
      values.widths.split(",").flatMap((width) => schemes.map((scheme) => ({ view, width: Number(width), scheme }))),
    );
}

function nameOf({ view, width, scheme }: Picture) {
  const isUsual = width === WIDTH && scheme === "light";
  return `${isUsual && !values.tour ? view : `${view}-${width}-${scheme}`}.${values.format}`;
}

/** Takes one picture, and says how many bytes it has. */
async function take(picture: Picture) {
  const { view, width, scheme } = picture;
  const stop = tour.find(({ name }) => name === view);
  if (!stop) throw new Error(`There is no view ${view}.`);
  const context = await browser.newContext({
    viewport: { width, height: width < 500 ? 812 : 900 },
    colorScheme: scheme,
    reducedMotion: "reduce",
  });
  const page = await signedIn(context, api.key);
  await visit(page, api.url, stop);
  // uPlot draws in the frame after its answer.
  await page.waitForTimeout(150);
  const { tall, wide } = await page.evaluate(() => {
    const { scrollHeight, scrollWidth } = document.documentElement;
    return { tall: scrollHeight, wide: scrollWidth - innerWidth };
  });
  if (wide > 0) console.log(`${view} is ${wide} px wider than a window of ${width}`);
  const clip = { x: 0, y: 0, width, height: Math.min(tall, TALLEST) };
  const cdp = await context.newCDPSession(page);
  const capture = async (quality?: number) => {
    const format = values.format as "webp" | "png";
    const options = { format, clip: { ...clip, scale: 1 }, captureBeyondViewport: true, ...(quality && { quality }) };
    const { data } = await cdp.send("Page.captureScreenshot", options);
    return Buffer.from(data, "base64");
  };
  let bytes = await capture(values.format === "webp" ? QUALITIES[0] : undefined);
  if (values.format === "webp") {
    for (const quality of QUALITIES.slice(1)) {
      if (bytes.length <= LARGEST_BYTES) break;
      bytes = await capture(quality);
    }
    if (!values.tour && bytes.length > LARGEST_BYTES) throw new Error(`${view} does not fit ${LARGEST_BYTES} bytes.`);
  }
  writeFileSync(join(out, nameOf(picture)), bytes);
  await context.close();
  return bytes.length;
}

/** Deletes pictures of the docs that are no longer on the list. */
function deleteOthers() {
  const kept = new Set(OF_THE_DOCS.map(nameOf));
  for (const name of readdirSync(out)) {
    if (/\.(webp|png|jpe?g)$/.test(name) && !kept.has(name)) rmSync(join(out, name));
  }
}

// `npm run bench:dashboard`: how long each view of the dashboard takes until everything it asks for is on the screen.
import { parseArgs } from "node:util";
import { ask } from "../scripts/dashboard/stage.ts";
import { settled, signedIn, stops } from "../scripts/dashboard/tour.ts";
import { DEVELOPMENT_KEY as KEY } from "../scripts/lib/dev-options.ts";
import { launch, needChromium } from "../test/local/chromium.ts";
import { buildSubject } from "./lib/build.ts";
import { start } from "./lib/server.ts";
import { stateDir } from "./lib/state.ts";

/** ms: what a view may take until it has all of its answers. */
const GOAL_MS = 1_000;

const HELP = `npm run bench:dashboard [-- --rounds <n>] [--range 7d|30d|90d] [--json]

Opens each view of the dashboard in Chromium, on the D1 of STATE_DIR (default .state; fill it with "npm run seed"), and
measures from the start of the page's load until every answer is on the screen. Not while "npm run dev" is running.
  --rounds  of which the median counts (default 3)
  --range   that is asked about (default 30d)
  --json    one object: { targets: [{ name, value, unit, goal, holds }] }
Ends with 1 if a view takes longer than ${GOAL_MS} ms.`;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    range: { type: "string", default: "30d" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
const rounds = Number(values.rounds);
if (values.help || !Number.isInteger(rounds) || rounds < 1) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
needChromium();

const server = await start("dashboard", {
  dist: buildSubject(),
  state: stateDir(),
  bindings: { RATE_LIMIT: "off" },
  objects: "project",
  assets: true,
});
const url = `http://127.0.0.1:${server.port}`;
const api = { url, key: KEY };
const browser = await launch();
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });

/** The ids that lists show. */
interface Listed {
  session_id?: string;
  lead_id?: string;
  fingerprint_id?: string;
}

/** The first item of a list, over all time. */
const first = async (path: string) => {
  const { data } = await ask<{ data: Listed[] }>(api, `${path}?from=0&limit=1`);
  return data[0] ?? {};
};

const session = await first("/analytics/sessions");
const lead = await first("/analytics/leads");
const { range } = values;
const tour = stops({
  session: session.session_id ?? "",
  lead: lead.lead_id ?? "",
  fingerprint: session.fingerprint_id ?? "",
  range,
});
const targets: { name: string; value: number; unit: string; goal: number; holds: boolean }[] = [];
for (const stop of tour) {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const page = await signedIn(context, KEY);
    const began = performance.now();
    await page.goto(`${url}/dashboard#/${stop.hash}`);
    // A view without data says so, and that counts too.
    await page.waitForSelector(`${stop.ready}, main .notice`, { timeout: 60_000 });
    await settled(page, 60_000);
    times.push(performance.now() - began);
    await page.close();
  }
  const value = Math.round(times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0);
  targets.push({ name: `view ${stop.name}, ${range}`, value, unit: "ms", goal: GOAL_MS, holds: value <= GOAL_MS });
  if (!values.json) console.log(`${value <= GOAL_MS ? "ok  " : "OVER"} ${stop.name}: ${value} of ${GOAL_MS} ms`);
}
await browser.close();
await server.kill();
if (values.json) console.log(JSON.stringify({ targets }, null, 2));
process.exit(targets.every(({ holds }) => holds) ? 0 : 1);

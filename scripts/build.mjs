// @ts-check
// Builds what the Worker serves: the scripts for pages to dist/browser, and the dashboard to dist/assets.
import { buildDashboard } from "./lib/dashboard.mjs";
import { buildStamp } from "./lib/fresh.mjs";
import { buildScripts } from "./lib/scripts.mjs";

const stamp = buildStamp();
await buildScripts();
await buildDashboard();
stamp();

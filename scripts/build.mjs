// @ts-check
// Builds what the Worker serves: the scripts for pages to dist/browser, and the dashboard to dist/assets.
import { buildDashboard } from "./lib/dashboard.mjs";
import { buildScripts } from "./lib/scripts.mjs";

await buildScripts();
await buildDashboard();

// @ts-check
// Builds what the Worker serves: the scripts for pages to dist/browser, the dashboard and the player of recorded pages
// to dist/assets. Does nothing where all are built from the sources as they are: a server that watches them asks after
// every change, and may ask again before the last build is through.
import { root } from "./install.mjs";
import { buildDashboard } from "./lib/dashboard.mjs";
import { isBuilt, noteBuilt } from "./lib/fresh.mjs";
import { oneAtATime } from "./lib/one-at-a-time.mjs";
import { buildPlayer } from "./lib/player.mjs";
import { buildScripts } from "./lib/scripts.mjs";

await oneAtATime(`${root}dist/.building`);
if (!isBuilt()) {
  const note = noteBuilt();
  await buildScripts();
  await buildDashboard();
  await buildPlayer();
  note();
}

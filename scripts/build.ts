// Builds what the Worker serves: the scripts for pages to dist/browser, the dashboard and the player of recorded pages
// to dist/assets. Does nothing where all are built from the sources as they are: a server that watches them asks after
// every change, and may ask again before the last build is through.
import { root } from "./install.ts";
import { buildDashboard } from "./lib/dashboard.ts";
import { isBuilt, noteBuilt } from "./lib/fresh.ts";
import { oneAtATime } from "./lib/one-at-a-time.ts";
import { buildPlayer } from "./lib/player.ts";
import { buildScripts } from "./lib/scripts.ts";

await oneAtATime(`${root}dist/.building`);
if (!isBuilt()) {
  const note = noteBuilt();
  await buildScripts();
  await buildDashboard();
  await buildPlayer();
  note();
}

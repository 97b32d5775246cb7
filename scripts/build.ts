// Builds what the Worker serves: the scripts for pages to dist/browser, the dashboard and the player of recorded pages to
// dist/assets. Does nothing if all of it is built from the sources as they are: a server that watches the sources calls this after
// every change, and may call it again before the last build has ended.
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

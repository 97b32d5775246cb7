/**
 * Plays a recording in a document of its own. rrweb rebuilds the page in a frame without scripts, under this document's
 * content security policy. The document has no key, fetches nothing, and follows the dashboard's messages.
 */
import "@rrweb/replay/dist/style.css";
import "./player.css";
import { inertOnly } from "./inert";
import { reelsOf } from "./reels";
import type { FromPlayer, Moment, PlayedEvent, ToPlayer } from "./say";
import { Stage } from "./stage";

const events: PlayedEvent[] = [];
let stage: Stage | undefined;
let moment: Moment | undefined;

const say = (what: FromPlayer): void => parent.postMessage(what, location.origin);

function show(): void {
  if (!stage || !moment) return;
  stage.show(moment);
  say({ say: "shown" });
}

addEventListener("message", ({ data, origin, source }: MessageEvent<ToPlayer>) => {
  // Only the dashboard around this document may speak to it.
  if (origin !== location.origin || source !== parent) return;
  if (data.say === "events") {
    events.push(...inertOnly(data.events));
  } else if (data.say === "whole") {
    stage = new Stage(document.body, reelsOf(events));
    show();
  } else {
    const { at, playing, speed } = data;
    moment = { at, playing, speed };
    show();
  }
});

say({ say: "ready" });

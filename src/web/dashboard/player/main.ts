/**
 * A recorded page, in a document of its own: rrweb rebuilds it in a frame without scripts, whose policy is this
 * document's. It has no key, fetches nothing, and does what the dashboard around it says.
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
  // The replayed page runs no script; anybody else has no business here.
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

import { CONSENT_UPDATE_MAX_MS, CONSENT_UPDATE_MS } from "../../limits";
import { safe } from "../../safe";
import { look } from "./look";
import { hear, modeState, newMode, signalsIn } from "./mode";
import type { Source } from "./source";

interface Layer {
  length: number;
  push(...entries: unknown[]): number;
}

/** Reads consent mode from `dataLayer`: what is there already, and what is pushed from now on. */
export const dataLayer =
  (option: string): Source =>
  (page, tell) => {
    const mode = newMode();
    const signals = signalsIn(option);
    let isOver = false;
    let isTimed = false;
    let known: unknown;
    const say = (): void => tell(modeState(mode, signals, isOver));
    const settle = safe(() => {
      isOver = true;
      say();
    });
    const read = safe((entries: readonly unknown[]) => {
      // Not one by one: of what a page has said before, the last word counts.
      if (!entries.filter((entry) => hear(mode, entry))[0]) return;
      // A refusal clears the device: the answer of an earlier visit, on its way, is to be heard before that.
      if (mode.wait !== undefined && !isTimed) {
        isTimed = true;
        setTimeout(settle, Math.min(Math.max(mode.wait, CONSENT_UPDATE_MS), CONSENT_UPDATE_MAX_MS));
      }
      say();
    });
    look(() => {
      const { dataLayer: layer } = page as { dataLayer?: Layer };
      // A page may put another in its place, until it has said something.
      const isHeard = mode.wait !== undefined || mode.updates.size > 0;
      if (!Array.isArray(layer) || layer === known) return isHeard;
      known = layer;
      const { push } = layer;
      // The push that is there comes first and is as it was, the tag manager's too: its errors are the page's.
      layer.push = function (this: Layer, ...entries) {
        const length = push.apply(this, entries);
        read(entries);
        return length;
      };
      read([...layer]);
      return false;
    });
  };

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
      // Read all entries first, because only the page's last statement counts.
      if (!entries.filter((entry) => hear(mode, entry))[0]) return;
      // A refusal clears the device, so wait for the answer of an earlier visit, which may be on its way.
      if (mode.wait !== undefined && !isTimed) {
        isTimed = true;
        setTimeout(settle, Math.min(Math.max(mode.wait, CONSENT_UPDATE_MS), CONSENT_UPDATE_MAX_MS));
      }
      say();
    });
    look(() => {
      const { dataLayer: layer } = page as { dataLayer?: Layer };
      // Until the page has said something about consent, it may replace `dataLayer`, so keep looking.
      const isHeard = mode.wait !== undefined || mode.updates.size > 0;
      if (!Array.isArray(layer) || layer === known) return isHeard;
      known = layer;
      const { push } = layer;
      // The existing `push`, which may be a tag manager's, runs first and unchanged, so that its errors reach the page.
      layer.push = function (this: Layer, ...entries) {
        const length = push.apply(this, entries);
        read(entries);
        return length;
      };
      read([...layer]);
      return false;
    });
  };

import { EARLY_CALLS } from "../limits";

type Said = [type: string, data: Record<string, unknown>];

/** Form events from before the tracker had loaded, in order. */
const waiting: Said[] = [];

/** Hands an event to the page's tracker, which may load later than this file. */
export function say(type: string, data: Record<string, unknown>): void {
  if (waiting.length < EARLY_CALLS) waiting.push([type, data]);
  const { PulseGate } = window;
  if (PulseGate) for (const said of waiting.splice(0)) PulseGate.track(...said);
}

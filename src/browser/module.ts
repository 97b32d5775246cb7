/** The ES module entry, `pulsegate/browser`: the same API without globals, started by `init`. */
import { api } from "./api";
import { MARK, type Marked } from "./one";
import type { PulseGateApi } from "./public";

/** A page has one tracker, whichever comes first: its tag's, or this. */
const theOne = (own: PulseGateApi): PulseGateApi => {
  const { PulseGate } = window;
  if (PulseGate && !PulseGate.q) return PulseGate;
  const page = window as Marked;
  page[MARK] ??= own;
  return page[MARK];
};

export const init: PulseGateApi["init"] = (given) => theOne(api).init(given);
export const track: PulseGateApi["track"] = (type, data) => theOne(api).track(type, data);
export const identify: PulseGateApi["identify"] = (traits) => theOne(api).identify(traits);
export const flush: PulseGateApi["flush"] = () => theOne(api).flush();
export const end: PulseGateApi["end"] = () => theOne(api).end();
export const on: PulseGateApi["on"] = (name, hook) => theOne(api).on(name, hook);
export const consent: PulseGateApi["consent"] = (state) => theOne(api).consent(state);

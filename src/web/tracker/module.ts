/**
 * The package's entry: the same API without globals, started by `init`. Nothing of the tracker runs before it is called, and where
 * there is no page, as on a server that renders one, nothing ever does.
 */
import type { PulseGateApi } from "./public";

/** `in-page.ts`, evaluated when it is called: the build puts it here as a function. */
declare const openInPage: () => PulseGateApi;

let opened: PulseGateApi | undefined;

const call =
  <Name extends keyof PulseGateApi>(name: Name) =>
  (...args: Parameters<PulseGateApi[Name]>): void => {
    if (typeof document === "undefined") return;
    opened ??= openInPage();
    (opened[name] as (...args: Parameters<PulseGateApi[Name]>) => void)(...args);
  };

export const init = call("init");
export const track = call("track");
export const identify = call("identify");
export const flush = call("flush");
export const end = call("end");
export const on = call("on");
export const consent = call("consent");

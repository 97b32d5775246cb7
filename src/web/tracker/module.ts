/**
 * The package's entry: the same API without globals. Nothing runs before the first call, and nothing at all without a page, as
 * on a server that renders one.
 */
import type { PulseGateApi } from "./public";

/** Evaluates `in-page.ts`. The build puts this function here. */
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

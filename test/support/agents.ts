/** User agents in their parts, as browsers write them. */

const WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)";
const SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko)";

export const windows = (rest: string): string => `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} ${rest}`;
export const linux = (rest: string): string => `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} ${rest}`;
export const mac = (rest: string): string => `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${SAFARI} ${rest}`;
export const iphone = (rest: string): string =>
  `Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) ${SAFARI} ${rest}`;
export const android = (model: string, rest = "Chrome/124.0.0.0 Mobile Safari/537.36"): string =>
  `Mozilla/5.0 (Linux; Android 13; ${model}) ${WEBKIT} ${rest}`;
/** A page within an app of Android. */
export const view = (model: string, app: string): string =>
  android(`${model} Build/TP1A.220624.014; wv`, `Version/4.0 Chrome/124.0.0.0 Mobile Safari/537.36 ${app}`);
/** A bot as most call themselves. */
export const compatible = (rest: string): string => `Mozilla/5.0 ${WEBKIT.replace(")", "")}; compatible; ${rest})`;

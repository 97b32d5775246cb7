import type { Options } from "./public";

/** The tag that brought this script. A module, or a bundler's loader, has no `currentScript`. */
const tag = (document.currentScript ??
  document.querySelector('script[src*="/tracker.js"],script[src*="/pulse.js"]')) as HTMLScriptElement | null;

// Its attributes may say all that Options has, and `auto`.
const said: DOMStringMap & Partial<Options> = { ...tag?.dataset } as Partial<Options>;

/** `data-auto="false"` waits for `PulseGate.init`. */
export const startsAlone = said["auto"] !== "false";

/** One tracker a page: what `init` says, over what the tag says, over where the script came from, without its version. */
export const options: Options = {
  endpoint: tag?.src.replace(/(\/v\/\w{12})?\/[^/?]*(\?.*)?$/, "") || location.origin,
  site: "default",
  ...said,
};

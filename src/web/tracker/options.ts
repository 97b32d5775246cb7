import type { Options } from "./public";

/** The tag that brought this script. A module, or a bundler's loader, has no `currentScript`. */
const tag = (document.currentScript ??
  document.querySelector('script[src*="/tracker.js"],script[src*="/pulse.js"]')) as HTMLScriptElement | null;

/** The attributes of a tag: all that `Options` has, and `auto`. */
type TagOptions = Options & { auto?: string };

/**
 * The options of the page's one tracker. What `init` says wins over what the tag says. The default endpoint is the address that the
 * script came from, without its version.
 */
export const options: TagOptions = {
  endpoint: tag?.src.replace(/(\/v\/\w{12})?\/[^/?]*(\?.*)?$/, "") || location.origin,
  site: "default",
  ...(tag?.dataset as Partial<TagOptions> | undefined),
};

/** `data-auto="false"` waits for `PulseGate.init`. */
export const startsAlone = options.auto !== "false";

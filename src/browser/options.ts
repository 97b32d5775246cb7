import type { Consent } from "../protocol/fields";

export interface Options {
  /** The server's origin, without a slash at the end. */
  endpoint: string;
  site: string;
  /** What the visitor allows, where the page knows it before the first event. */
  consent?: Consent;
}

/** The tag that brought this script. A module, or a bundler's loader, has no `currentScript`. */
const tag =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>('script[src*="/tracker.js"]');

/** `data-auto="false"` waits for `PulseGate.init`. */
export const startsAlone = tag?.dataset["auto"] !== "false";

/** The tag's options, under those that `init` was given. */
export function readOptions(given: Partial<Options> = {}): Options {
  const { endpoint, site, consent } = tag?.dataset ?? {};
  const origin = tag?.src ? new URL(tag.src).origin : location.origin;
  const stated = given.consent ?? (consent as Consent | undefined);
  return {
    endpoint: (given.endpoint ?? endpoint ?? origin).replace(/\/+$/, ""),
    site: given.site ?? site ?? "default",
    ...(stated && { consent: stated }),
  };
}

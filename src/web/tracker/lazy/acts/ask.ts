import { isAsked } from "../../asked";
import type { Kit } from "../../kit";

/** In the same folder on the server. */
const CONSENT = "./consent.js";

/** Asks the page's consent management if the tag names one. If consent.js does not load, consent stays pending. */
export function askConsent({ options, changeConsent }: Kit): void {
  if (!isAsked(options)) return;
  (import(CONSENT) as Promise<typeof import("../consent")>)
    .then(({ start }) => start(options, changeConsent))
    .catch(() => {});
}

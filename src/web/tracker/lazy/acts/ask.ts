import { isAsked } from "../../asked";
import type { Kit } from "../../kit";

/** Beside this file. */
const CONSENT = "./consent.js";

/** Asks the page's own consent management, where the tag names one; without that file nobody has allowed anything. */
export function askConsent({ options, changeConsent }: Kit): void {
  if (!isAsked(options)) return;
  (import(CONSENT) as Promise<typeof import("../consent")>)
    .then(({ start }) => start(options, changeConsent))
    .catch(() => {});
}

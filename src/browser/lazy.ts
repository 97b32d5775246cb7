import { mayStore } from "./consent";
import { adopt, plug, restart } from "./delivery";
import type { Kit } from "./kit";
import { IDLE_MS } from "./limits";
import { options } from "./options";
import { page } from "./outbox";
import { record } from "./record";
import { listen, safe } from "./safe";
import { cleanUrl } from "./url";

/** Where the lazy files are, below the endpoint; a hash of their contents is in it. Set by the build. */
declare const LAZY_PATH: string;

interface Acts {
  start(kit: Kit): void;
}

/**
 * Loads the tracker's later part once the page has loaded and has nothing else to do; without it the page goes on. By
 * import(): it passes a nonce on, needs no Trusted Type, and leaves no element in the page.
 */
export function loadRest(): void {
  const start = (acts: Acts): void => acts.start({ options, plug, page, record, cleanUrl, adopt, mayStore, restart });
  const load = safe(() => void import(`${options.endpoint}${LAZY_PATH}acts.js`).then(start).catch(() => {}));
  const idle = (): unknown => (self.requestIdleCallback ?? setTimeout)(load, { timeout: IDLE_MS });
  if (document.readyState === "complete") idle();
  else listen("load", idle);
}

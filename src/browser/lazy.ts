import { mayStore } from "./consent";
import { adopt, flush, plug, restart } from "./delivery";
import { on } from "./hooks";
import type { Lent } from "./kit";
import { IDLE_MS } from "./limits";
import { load } from "./load";
import { options } from "./options";
import { page } from "./outbox";
import { record } from "./record";
import { listen } from "./safe";
import { cleanUrl } from "./url";

interface Acts {
  start(...lent: Lent): void;
}

/** Loads the tracker's later part once the page has loaded and has nothing else to do. */
export function loadRest(): void {
  const start = (acts: Acts): void => acts.start(options, plug, page, record, cleanUrl, adopt, on, mayStore, restart);
  const whenIdle = (): void => {
    flush();
    load("acts", start);
  };
  const idle = (): unknown => (self.requestIdleCallback ?? setTimeout)(whenIdle, { timeout: IDLE_MS });
  if (document.readyState === "complete") idle();
  else listen("load", idle);
}

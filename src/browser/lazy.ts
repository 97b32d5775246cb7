import { mayStore, setDevice } from "./consent";
import { adopt, plug, restart } from "./delivery";
import type { Kit } from "./kit";
import type { Device } from "./lazy/fingerprint";
import { IDLE_MS } from "./limits";
import { load } from "./load";
import { options } from "./options";
import { page } from "./outbox";
import { record } from "./record";
import { listen, safe } from "./safe";
import { cleanUrl } from "./url";

interface Acts {
  start(kit: Kit): void;
}

interface Fingerprint {
  fingerprint(): Promise<Device>;
}

/** Calls `f` once the page has loaded and has nothing else to do. */
function afterIdle(f: () => void): void {
  const idle = (): unknown => (self.requestIdleCallback ?? setTimeout)(safe(f), { timeout: IDLE_MS });
  if (document.readyState === "complete") idle();
  else listen("load", idle);
}

let isAsked = false;

/** The device's fingerprint, with consent only; the server hears it in a repeated start. */
export function loadFingerprint(): void {
  if (isAsked || !mayStore()) return;
  isAsked = true;
  load("fingerprint", async ({ fingerprint }: Fingerprint) => {
    setDevice(await fingerprint());
    restart();
  });
}

export const loadRest = (): void =>
  afterIdle(() => {
    load("acts", ({ start }: Acts) => start({ options, plug, page, record, cleanUrl, adopt }));
    loadFingerprint();
  });

import type { Kit } from "../../kit";
import type { Rejection } from "../../public";

/** Hosts of the machine itself: pages there are in development. */
const LOCAL = /^(.+\.)?localhost$|^127\.|^\[::1\]$/;

/** Prints in the console what was rejected and why, for the page's developer only, not for visitors. */
export function tellRejections({ addHook, options: { debug = `${LOCAL.test(location.hostname)}` } }: Kit): void {
  if (debug === "false") return;
  addHook("rejected", (rejection) => {
    const { events, rejected, code = "invalid_data", detail = "" } = rejection as Rejection;
    const all = events.map((_, index) => ({ index, code, detail }));
    for (const why of rejected ?? all) {
      // biome-ignore lint/suspicious/noConsole: it is what the page's developer asks for.
      console.warn("PulseGate rejected", why.code, why.detail, events[why.index]);
    }
  });
}

import type { Kit } from "../../kit";
import { safe } from "../../safe";

/** Beside this file. */
const VITALS = "./vitals.js";

/** Loads what measures the page's speed, unless the page does not want it; without it the visit goes on. */
export function measureVitals({ options, plug, recordEvent }: Kit): void {
  if (options.vitals === "false") return;
  (import(VITALS) as Promise<typeof import("../vitals")>)
    .then(({ start }) => plug.leaving.push(safe(start(recordEvent))))
    .catch(() => {});
}

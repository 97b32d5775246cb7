import type { Kit } from "../../kit";
import { safe } from "../../safe";

/** In the same folder on the server. */
const VITALS = "./vitals.js";

/** Loads vitals.js, which measures the page's speed, unless `data-vitals` is "false". If it does not load, the visit goes on. */
export function measureVitals({ options, plug, recordEvent }: Kit): void {
  if (options.vitals === "false") return;
  (import(VITALS) as Promise<typeof import("../vitals")>)
    .then(({ start }) => plug.leaving.push(safe(start(recordEvent))))
    .catch(() => {});
}

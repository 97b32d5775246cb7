// The suites, and when each is run.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../install.ts";

/**
 * `test`: at every turn, within 12 minutes on two quiet cores. `ci`: before a change goes in, within 25.
 * `all`: every night, as long as it takes. A suite that outgrows its tier moves to the next.
 */
type Tier = "test" | "ci" | "all";
export const TIERS = ["test", "ci", "all"] as const;

/** Fast ones first. */
export const SUITES: Record<string, { tier: Tier; what: string }> = {
  unit: { tier: "test", what: "pure functions, in workerd" },
  property: { tier: "test", what: "streams, acks and the fold against plain models" },
  crash: { tier: "test", what: "every outside write refused, lied about, or died in; outages; evictions" },
  worker: { tier: "test", what: "the Worker and its actors over HTTP and WebSocket, in workerd" },
  system: { tier: "ci", what: "the running server: kill -9 under load, hibernation, unknown ids" },
  browser: { tier: "ci", what: "Chromium on a page of another origin" },
  soak: { tier: "all", what: "visits in Chromium over a line that cuts, delays, doubles and reorders" },
};

/** Suites whose coverage can be counted, and that `npm run mutate` runs. */
export const IN_WORKERD = ["unit", "property", "crash", "worker"];

/** What a tier runs: its own suites and those of the shorter ones. */
export const suitesOf = (tier: Tier) =>
  Object.keys(SUITES).filter((name) => TIERS.indexOf(SUITES[name]?.tier ?? "all") <= TIERS.indexOf(tier));

/** Test files, from the project's root. */
export const filesOf = (suite: string) =>
  readdirSync(join(root, "test", suite))
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `test/${suite}/${name}`);

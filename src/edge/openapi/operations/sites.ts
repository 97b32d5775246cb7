import * as z from "zod";
import { NoQuery } from "../../../core/api/analytics";
import { HealthBody, SiteBody, SitesPage } from "../../../core/api/answers";
import { SiteInput } from "../../../protocol/site";
import type { Operations } from "../operation";

export const siteOperations: Operations = {
  "GET /analytics/sites": {
    summary: "The sites that the key sees, by name",
    query: NoQuery,
    answer: SitesPage,
    keyed: true,
    problems: ["unavailable"],
    example: {},
  },
  "GET /analytics/sites/:site": {
    summary: "A site's settings",
    answer: SiteBody,
    keyed: true,
    problems: ["not_found"],
    example: { params: { site: "default" } },
  },
  "PUT /analytics/sites/:site": {
    summary: "Set a site's settings, as a whole",
    body: SiteInput,
    answer: SiteBody,
    keyed: true,
    problems: ["not_found"],
    example: { params: { site: "shop" }, body: { allowed_origins: ["https://shop.example"] } },
  },
  "GET /health": {
    summary: "Liveness; deep=1 asks every binding",
    query: z.object({ deep: z.enum(["1"]).optional() }),
    answer: HealthBody,
    problems: ["rate_limited"],
    // Whoever probes may add other parameters.
    without: ["invalid_query"],
    example: {},
  },
};

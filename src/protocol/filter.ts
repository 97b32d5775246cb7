import * as z from "zod";
import { MAX_URL_UNITS } from "../limits";
import { pageName } from "../session/source";
import { HttpUrl, SiteName } from "./fields";

/** What sessions may be chosen by, in lists and aggregates alike. */

const Score = z.coerce.number().int().min(0).max(100).optional();
const Name = z
  .string()
  .min(1)
  .max(64)
  .transform((name) => name.toLowerCase())
  .optional();

export const filterFields = {
  site: SiteName.optional(),
  country: z
    .string()
    .regex(/^[A-Za-z0-9]{2}$/, "must be a country code of two characters")
    .transform((code) => code.toUpperCase())
    .optional(),
  page: HttpUrl.max(MAX_URL_UNITS)
    .transform(pageName)
    .optional()
    .meta({ description: "Sessions that saw this page; its query and fragment are left out" }),
  source: Name.meta({ description: "As /analytics/sources names it: google, news.example, direct, …" }),
  campaign: Name.meta({ description: "utm_campaign of the entry page" }),
  device: z.enum(["desktop", "mobile", "tablet", "unknown"]).optional(),
  label: z.string().max(64).optional(),
  ...{ min_engagement: Score, max_engagement: Score, min_bot: Score, max_bot: Score },
  ...{ min_vpn: Score, max_vpn: Score, min_risk: Score, max_risk: Score },
};

const FilterFields = z.object(filterFields);
export type Filter = z.infer<typeof FilterFields>;

/** `exclude`: without sessions labelled `bot`; `only`: those alone; `include`: all. */
export const Bots = z.enum(["exclude", "include", "only"]);
export type Bots = z.infer<typeof Bots>;

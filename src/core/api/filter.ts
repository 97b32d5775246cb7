import * as z from "zod";
import { MAX_URL_UNITS } from "../../limits";
import { HttpUrl, SiteName, wholeNumber } from "../../protocol/values";
import { DEVICE_CLASSES } from "../network/device";
import { LABELS } from "../scoring/ledger";
import { CHANNELS } from "../sources/channels";
import { nameOf } from "../sources/names";
import { pageName } from "../sources/page";
import { sourceName } from "../sources/source";

/** The filters of sessions, the same for lists and aggregates. */

const Score = wholeNumber(0, 100).optional();
/**
 * A name in any spelling, read into the form that sessions store. It may be as long as an address, because that is where sessions
 * have it from.
 */
const named = (read: (text: string) => string | null) =>
  z
    .string()
    .max(MAX_URL_UNITS)
    .transform((text, context) => {
      const name = read(text);
      if (name !== null) return name;
      context.addIssue({ code: "custom", message: "must not be empty" });
      return z.NEVER;
    })
    .optional();

export const filterFields = {
  site: SiteName.optional(),
  country: z
    .string()
    .regex(/^[A-Za-z0-9]{2}$/, "must be a country code of two characters")
    .transform((code) => code.toUpperCase())
    .optional(),
  page: HttpUrl.max(MAX_URL_UNITS)
    .transform((url) => pageName(url))
    .optional()
    .meta({
      description:
        "Sessions that saw this page, in any spelling of its address; query and fragment are left out, but for a route (`#/cart`)",
    }),
  source: named(sourceName).meta({
    description: "As /analytics/sources names it (google, news.example, direct), or another name of it: google.com, fb",
  }),
  channel: z.enum(CHANNELS).optional(),
  campaign: named(nameOf).meta({ description: "utm_campaign of the entry page" }),
  device: z.enum(DEVICE_CLASSES).optional(),
  label: z.enum(LABELS).optional(),
  min_engagement: Score,
  max_engagement: Score,
  min_bot: Score,
  max_bot: Score,
  min_vpn: Score,
  max_vpn: Score,
  min_risk: Score,
  max_risk: Score,
};

const FilterFields = z.object(filterFields);
export type Filter = z.infer<typeof FilterFields>;
export type FilterName = keyof typeof filterFields;
/** By a filter that is not among the `DIMENSIONS` of rollups, an aggregate is answered from rows, without any more code. */
export const FILTERS = Object.keys(filterFields) as FilterName[];

/** `exclude` leaves out sessions labelled `bot`; `only` takes those alone; `include` takes all. */
export const Bots = z.enum(["exclude", "include", "only"]);
export type Bots = z.infer<typeof Bots>;

import * as z from "zod";
import { MAX_ALLOWED, MAX_ALLOWED_UNITS } from "../limits";
import { Consent, SiteName, TRAILING_SLASHES } from "./fields";
import { Forms } from "./form";
import { RecordSetting } from "./recording";
import { Webhooks } from "./webhook";

/** What a site may set: ten years, the longest that a business has to keep its letters. */
export const LEAD_RETENTION_MAX_DAYS = 3_650;
/** What a site may set, bytes: from what hardly anything comes of, to more than anybody could pay. */
const BUDGET_MIN_BYTES = 100_000;
const BUDGET_MAX_BYTES = 1_000_000_000_000_000;
/** Of a session, an hour: 2,000 events in calls of two, which is a person who clicks twice a second. */
const SESSION_BYTES_PER_HOUR = 4_000_000;
/** Of an address as it is limited (IPv4 /24, IPv6 /48), an hour: 450 visits of ten events; in the worst day $1.40. */
export const ADDRESS_BYTES_PER_HOUR = 22_000_000;
/** Of a site, a day: 80,000 visits of ten events, some $8. */
export const SITE_BYTES_PER_DAY = 4_000_000_000;

/** `https://shop.example`, as browsers send it, or `*` for any. */
const Origin = z
  .string()
  .max(256)
  .refine((text) => text === "*" || isOrigin(text), "must be an origin such as https://shop.example, or *");

function isOrigin(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false;
  return new URL(text).origin === text;
}

/** Not a blank or a comma: the tag has them in one attribute. `*` alone would let everything through. */
const ALLOWED = /^(?=.*[A-Za-z0-9])[!-+\--~]+$/;

/** The name of a parameter or of data, or a pattern of values. */
const Allowed = z
  .string()
  .max(MAX_ALLOWED_UNITS)
  .regex(ALLOWED, "must be printable ASCII with a letter or digit, without blanks and commas; * stands for anything");

const Bytes = z.int().min(BUDGET_MIN_BYTES).max(BUDGET_MAX_BYTES);

/**
 * What may be spent, bytes: those that are sent, and as many as cost as much for what costs otherwise (docs/limits.md). What an
 * address has spent counts for all sites together.
 */
const Budgets = z
  .strictObject({
    session_bytes_per_hour: Bytes.default(SESSION_BYTES_PER_HOUR),
    address_bytes_per_hour: Bytes.default(ADDRESS_BYTES_PER_HOUR),
    site_bytes_per_day: Bytes.default(SITE_BYTES_PER_DAY),
  })
  .prefault({});

/** A site's settings, whole: a field left out has its default. */
export const SiteInput = z.strictObject({
  /** Pages whose events are taken. Empty: none. */
  allowed_origins: z.array(Origin).max(100).default([]),
  /** Pages that may call the analytics API from a browser. */
  dashboard_origins: z.array(Origin).max(100).default([]),
  /** What a start without `consent` means. */
  default_consent: Consent.default("granted"),
  /** How addresses are stored: as they are, masked to /24 or /48, or as a keyed hash. */
  ip: z.enum(["full", "masked", "hashed"]).default("masked"),
  /** What a page is told of its own session in acks: its engagement, and no other score, or bots could train on it. */
  expose: z
    .array(z.enum(["engagement"]))
    .max(1)
    .default([]),
  /**
   * What is no secret on this site: names of parameters and of event data, and patterns of values with `*` for anything. Pages
   * need it in their tag too (`data-allow`).
   */
  allow: z.array(Allowed).max(MAX_ALLOWED).default([]),
  /** Whether pages are recorded as they look: never, always, or from a score on. */
  record: RecordSetting,
  /**
   * Whether `/a/` is a page of its own, as the URL standard has it, or the same as `/a`. Holds for sessions that begin from now
   * on.
   */
  trailing_slash: z.enum(TRAILING_SLASHES).default("keep"),
  /**
   * Sites that name the same count fingerprints and addresses together, as if they were one; null: the site by itself. Holds for
   * sessions that begin from now on.
   */
  identity_group: SiteName.nullable().default(null),
  /** Where leads and alerts are sent. */
  webhooks: Webhooks,
  /** Rules for leads, and the forms that form.js renders. */
  forms: Forms,
  /** What a session, an address and the site may spend. */
  budgets: Budgets,
  /** Days after its last submit that a lead is kept; null: for good. */
  lead_retention_days: z.int().min(1).max(LEAD_RETENTION_MAX_DAYS).nullable().default(null),
});

export type SiteSettings = z.infer<typeof SiteInput>;

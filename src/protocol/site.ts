import * as z from "zod";
import { MAX_ALLOWED, MAX_ALLOWED_UNITS } from "../limits";
import { Forms } from "./form";
import { RecordSetting } from "./recording";
import { Consent, SiteName, TRAILING_SLASHES } from "./values";
import { Webhooks } from "./webhook";

/** The most that a site may set: ten years, the longest that a business has to keep its letters. */
export const LEAD_RETENTION_MAX_DAYS = 3_650;
/** The bounds of a budget, bytes: from hardly any event to more than anybody could pay. */
const BUDGET_MIN_BYTES = 100_000;
const BUDGET_MAX_BYTES = 1_000_000_000_000_000;
/** A session's bytes in an hour: 2,000 events in calls of two, as of a person who clicks twice a second. */
const SESSION_BYTES_PER_HOUR = 4_000_000;
/** Bytes in an hour of an address as it is limited (IPv4 /24, IPv6 /48): 450 visits of ten events; in the worst day $1.40. */
export const ADDRESS_BYTES_PER_HOUR = 22_000_000;
/** A site's bytes in a day: 80,000 visits of ten events, some $8. */
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

/**
 * No blank and no comma, because the tag lists them in one attribute. A `*` needs a letter or digit beside it, or it would let
 * everything through.
 */
const ALLOWED = /^(?=.*[A-Za-z0-9])[!-+\--~]+$/;

/** The name of a parameter or a data field, or a pattern of values. */
const Allowed = z
  .string()
  .max(MAX_ALLOWED_UNITS)
  .regex(ALLOWED, "must be printable ASCII with a letter or digit, without blanks and commas; * stands for anything");

const Bytes = z.int().min(BUDGET_MIN_BYTES).max(BUDGET_MAX_BYTES);

/**
 * Budgets in bytes. Sent bytes count; other costs count as the bytes of the same price (docs/limits.md). What an address has spent
 * counts for all sites together.
 */
const Budgets = z
  .strictObject({
    session_bytes_per_hour: Bytes.default(SESSION_BYTES_PER_HOUR),
    address_bytes_per_hour: Bytes.default(ADDRESS_BYTES_PER_HOUR),
    site_bytes_per_day: Bytes.default(SITE_BYTES_PER_DAY),
  })
  .prefault({});

/** All settings of a site. A field that is left out gets its default. */
export const SiteInput = z.strictObject({
  /** Origins of pages that may send events. Empty: none. */
  allowed_origins: z.array(Origin).max(100).default([]),
  /** Origins of pages that may call the analytics API. */
  dashboard_origins: z.array(Origin).max(100).default([]),
  /** What a start without `consent` means. */
  default_consent: Consent.default("granted"),
  /** How addresses are stored: in full, masked to /24 or /48, or as a keyed hash. */
  ip: z.enum(["full", "masked", "hashed"]).default("masked"),
  /** Scores that acks tell the page of its own session. Only engagement, because bots could train on any other. */
  expose: z
    .array(z.enum(["engagement"]))
    .max(1)
    .default([]),
  /**
   * What is not hidden as a secret: names of parameters and of event data, and patterns of values with `*` for anything. Pages need
   * it in their tag too (`data-allow`).
   */
  allow: z.array(Allowed).max(MAX_ALLOWED).default([]),
  /** Whether pages are recorded: never, always, or from a score on. */
  record: RecordSetting,
  /**
   * Whether `/a/` is a page of its own, as in the URL standard, or the same as `/a`. For sessions that begin after it is set.
   */
  trailing_slash: z.enum(TRAILING_SLASHES).default("keep"),
  /**
   * Sites with the same group count fingerprints and addresses together; null: the site counts alone. For sessions that begin after
   * it is set.
   */
  identity_group: SiteName.nullable().default(null),
  /**
   * Where raw events are kept: as rows of the database and in the archive, or in the archive alone. For sessions that begin after it
   * is set.
   */
  events: z.enum(["database", "archive"]).default("database"),
  /**
   * Which counters KV gets: all, or only those that somebody reads, an address's once it nears its day's limit of starts. For
   * sessions that begin after it is set.
   */
  kv: z.enum(["all", "notable"]).default("all"),
  /** Receivers of leads and alerts. */
  webhooks: Webhooks,
  /** Rules for leads, and the forms that form.js renders. */
  forms: Forms,
  /** What a session, an address and the site may spend, bytes. */
  budgets: Budgets,
  /** Days that a lead is kept after its last submit; null: for good. */
  lead_retention_days: z.int().min(1).max(LEAD_RETENTION_MAX_DAYS).nullable().default(null),
});

export type SiteSettings = z.infer<typeof SiteInput>;

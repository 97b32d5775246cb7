import * as z from "zod";
import {
  MAX_DOMAIN_UNITS,
  MAX_ID_UNITS,
  MAX_NUMBER,
  MAX_SECRET_UNITS,
  MAX_URL_UNITS,
  MIN_SECRET_UNITS,
} from "../limits";
import { isCalendarDay } from "./instant";
import { cleanText } from "./text";

/** Fields that several bodies have. */

const HTTP = /^https?:\/\//i;

// The events of a batch name one page or two, and parsing a URL costs more than all other checks of an event.
let lastGood = "";

export function isHttpUrl(url: string): boolean {
  if (url === lastGood) return true;
  if (url.length > MAX_URL_UNITS || !HTTP.test(url) || !URL.canParse(url)) return false;
  lastGood = url;
  return true;
}

/** Absolute http(s) URL. */
export const HttpUrl = z
  .string()
  .max(MAX_URL_UNITS)
  .refine(isHttpUrl, "must be an http(s) URL")
  .meta({ format: "uri" });

/** An app that opened the page, as browsers name it: https://developer.chrome.com/docs/android (`Intent.EXTRA_REFERRER`). */
const APP = /^(?:android|ios)-app:\/\/[\w.-]+(?:\/|$)/i;

/** A referrer that is too long loses its query, and is cut. The page cannot help its length, so the start is not refused. */
const cutReferrer = (text: string): string =>
  text.length <= MAX_URL_UNITS ? text : cleanText((text.split(/[?#]/, 1)[0] ?? "").slice(0, MAX_URL_UNITS));

/** Where a visitor came from: an http(s) URL, an app, or nothing. */
export const Referrer = z
  .string()
  .transform(cutReferrer)
  .refine(
    (text) => text === "" || isHttpUrl(text) || APP.test(text),
    "must be an http(s) URL, or an app's: android-app://…",
  );

/** In lower case, as it is stored. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const isSessionId = (text: string): boolean => UUID.test(text);

/** A session's id is a UUID of any version, stored in lower case. */
export const SessionId = z
  .string()
  .regex(new RegExp(UUID, "i"), "must be a UUID")
  .transform((id) => id.toLowerCase());

/** A site's name: what a snippet carries in `data-site`. */
const SITE_NAME = /^[a-z0-9][a-z0-9_.-]{0,63}$/i;
export const isSiteName = (text: string): boolean => SITE_NAME.test(text);
export const SiteName = z.string().regex(SITE_NAME, "must be 1 to 64 letters, digits, _ . -");

/** The site of a call that names none. */
export const DEFAULT_SITE = "default";

/** A stream's name: one per page load. `server` is the actor's own stream. */
const STREAM_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const isFreeStream = (name: string): boolean => name !== "server";
export const isStreamName = (text: string): boolean => STREAM_NAME.test(text) && isFreeStream(text);
export const StreamName = z
  .string()
  .regex(STREAM_NAME, "must be 1 to 64 letters, digits, _ -")
  .refine(isFreeStream, "is reserved");

/** Ids that clients make: of visitors and fingerprints. */
export const ClientId = z.string().regex(new RegExp(`^[\\x21-\\x7e]{1,${MAX_ID_UNITS}}$`), "must be printable ASCII");

/** The domain that the hosts of a site share: at least two labels, in lower case. */
export const SharedDomain = z
  .string()
  .max(MAX_DOMAIN_UNITS)
  .regex(/^(?:[a-z0-9-]{1,63}\.){1,8}[a-z0-9-]{1,63}$/, "must be a domain, in lower case");

/** The server's proof of a visitor, given to a host of the domain that has shown the visitor's secret. */
export const VisitorProof = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hex digits");

/** The secret that a visitor's id is made from. Only their device knows it. */
export const VisitorSecret = z
  .string()
  .regex(
    new RegExp(`^[\\x21-\\x7e]{${MIN_SECRET_UNITS},${MAX_SECRET_UNITS}}$`),
    `must be ${MIN_SECRET_UNITS} to ${MAX_SECRET_UNITS} characters of printable ASCII`,
  )
  .meta({
    description:
      "Random, at least 128 bits, and never told to anybody else: the visitor's id is made of it by a hash, and it is not stored",
  });

const DIGITS = /^\d{1,9}$/;

/** A whole number in a query: digits only, so that neither an empty text nor `0x10` is a number. */
export const wholeNumber = (minimum: number, maximum: number) =>
  z
    .preprocess(
      (text) => (typeof text === "string" && DIGITS.test(text) ? Number(text) : Number.NaN),
      z.int(`must be a whole number from ${minimum} to ${maximum}`).min(minimum).max(maximum),
    )
    .meta({ type: "integer", minimum, maximum });

/** An event's number in its stream, from 1. */
export const EventNumber = z.int().min(1).max(MAX_NUMBER);

/** Epoch milliseconds by the client's clock. Any number will do, because it is only used as an offset. */
export const ClientTime = z.number();

/** A calendar day, UTC. */
export const isoDay = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, "must be a day such as 2026-11-25")
  .refine(isCalendarDay, "is no day of the calendar");

export const Consent = z.enum(["granted", "pending", "denied"]);
export type Consent = z.infer<typeof Consent>;

export const SessionKey = z.string().min(16).max(256);

/** Whether `/a/` and `/a` are two pages, as in the URL standard, or both `/a`. */
export const TRAILING_SLASHES = ["keep", "drop"] as const;
export type TrailingSlash = (typeof TRAILING_SLASHES)[number];

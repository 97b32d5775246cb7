import type { Channel } from "./channels";
import type { Click } from "./clicks";
import type { BrandKind } from "./table";

/** The kind of a visit's source; `direct` if there is none, `unknown` for a name that says nothing. */
export type Origin = BrandKind | "direct" | "unknown";

/** What `utm_medium` can say. `paid` alone does not say where. */
type Medium = Channel | "paid" | "cpm" | "unknown" | "none";

const NOTHING = new Set(["", "none", "notset", "null", "undefined"]);
const MAIL = new Set(["mail", "mailing", "edm", "drip"]);
const AI = new Set(["ai", "llm", "aichat", "chatbot", "aiassistant", "aisearch", "genai"]);
const PAID = new Set(["ad", "ads", "adwords", "ppc", "retargeting", "remarketing", "sem", "sea", "sponsored"]);
const SEARCH_ADS = new Set(["sem", "sea", "adwords"]);
const DISPLAY = ["display", "banner", "expandable", "interstitial", "programmatic"];
const LINKS = new Set(["referral", "referrer", "app", "link"]);

/** GA4's `^(.*cp.*|ppc|retargeting|paid.*)$`, and other words for it. */
const isPaid = (word: string): boolean =>
  PAID.has(word) || word.includes("cp") || word.startsWith("paid") || word.endsWith("paid");

/** `unpaid`, `non-paid`, as a word of its own: `canon-paid` is paid. */
const UNPAID = /(?<!\p{L})(?:un|non|not)[\s_-]?paid/u;

function readPaid(word: string): Medium {
  if (SEARCH_ADS.has(word) || word.includes("search")) return "paid_search";
  return word === "cpm" ? "cpm" : "paid";
}

function readMedium(medium: string | null): Medium {
  const word = medium?.replace(/[^\p{L}\p{N}]+/gu, "") ?? "";
  const wasPaid = isPaid(word) && !UNPAID.test(medium ?? "");
  if (NOTHING.has(word)) return "none";
  if (DISPLAY.some((part) => word.includes(part))) return "display";
  if (word.startsWith("affiliat") || word === "aff") return "affiliate";
  if (word.includes("social") || word === "sm") {
    return wasPaid || word.endsWith("ads") ? "paid_social" : "organic_social";
  }
  if (wasPaid) return readPaid(word);
  if (word.includes("email") || word.includes("newsletter") || MAIL.has(word)) return "email";
  if (AI.has(word)) return "ai_assistant";
  if (word.startsWith("organic") || word === "seo") return "organic_search";
  return LINKS.has(word) ? "referral" : "unknown";
}

/**
 * The channel of a paid visit by the kind of its source. A kind that is missing sells no ads and makes `other`, as GA4's "Paid
 * Other".
 */
const PAID_BY: Readonly<Partial<Record<Origin, Channel>>> = {
  search: "paid_search",
  social: "paid_social",
  ads: "display",
  affiliate: "affiliate",
};

/** The channel of an unpaid visit, if the kind of its source decides it. */
const FREE_BY: Readonly<Partial<Record<Origin, Channel>>> = {
  search: "organic_search",
  social: "organic_social",
  email: "email",
  ai: "ai_assistant",
  ads: "display",
  affiliate: "affiliate",
};

/** The channel if nothing else is known. */
const PLAIN_BY: Readonly<Partial<Record<Origin, Channel>>> = { direct: "direct", referral: "referral" };

function said(origin: Origin, medium: Medium): Channel {
  switch (medium) {
    case "paid":
      return PAID_BY[origin] ?? "other";
    case "cpm":
      return PAID_BY[origin] ?? "display";
    case "organic_search":
    case "referral":
      return FREE_BY[origin] ?? medium;
    case "unknown":
      return FREE_BY[origin] ?? "other";
    case "none":
      return FREE_BY[origin] ?? PLAIN_BY[origin] ?? "other";
    default:
      return medium;
  }
}

/** Channels that a paid click id overrules, because its network knows better than a typed or missing name. */
const OVERRULED: ReadonlySet<Channel> = new Set(["direct", "referral", "other", "organic_search", "organic_social"]);

export interface Signs {
  origin: Origin;
  /** `utm_medium`, in lower case. */
  medium: string | null;
  /** `utm_source` names an ad: `google_ads`. */
  isAd: boolean;
  click: Click | null;
}

export function channelOf({ origin, medium, isAd, click }: Signs): Channel {
  const read = readMedium(medium);
  const channel = said(origin, isAd && (read === "none" || read === "unknown") ? "paid" : read);
  return click?.channel && OVERRULED.has(channel) ? click.channel : channel;
}

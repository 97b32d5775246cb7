import { brandOfHost, brandOfName, isHost } from "./brands";
import { channelOf, type Origin } from "./channel";
import type { Channel } from "./channels";
import { type Click, clickOf } from "./clicks";
import { nameOf } from "./names";
import { foreignHost, hostOf } from "./referrer";
import { keyOf } from "./table";

/** Where a session came from. Pure. */

export interface Source {
  /** A brand, else a host or what `utm_source` says; `direct` without any. */
  source: string;
  channel: Channel;
  /** `utm_campaign`, `utm_medium`, `utm_term` and `utm_content`; null without one. */
  campaign: string | null;
  medium: string | null;
  term: string | null;
  content: string | null;
}

/** Source and channel of a visit that does not say where it came from. */
export const DIRECT = "direct";

interface From {
  name: string;
  origin: Origin;
  isAd: boolean;
}

const NOWHERE: From = { name: DIRECT, origin: "direct", isAd: false };

/** What tools write if there is no source. */
const NOTHING = new Set(["direct", "none", "notset", "null", "undefined"]);
const isNothing = (name: string): boolean => NOTHING.has(keyOf(name).replace(/^\(|\)$/g, ""));

/** A name that ends like those of hosts and apps: after a dot, in a part that begins with a letter. */
const HOST_LIKE = /^(?:[a-z-]+:\/\/)?[^\s/@]+\.\p{L}[\p{L}\p{N}-]+\.?(?:[:/?#]|$)/u;

/**
 * The host that a name stands for; null if it is no host, such as `v1.newsletter`. An address with its scheme is not looked up in
 * the tables.
 */
function typedHost(name: string): string | null {
  if (!HOST_LIKE.test(name)) return null;
  if (name.includes("://")) return hostOf(name);
  const host = hostOf(`http://${name}`);
  return host !== null && isHost(host) ? host : null;
}

/** A host without a dot is read like a typed name, so that the filter finds it. */
const fromHost = (host: string): From => {
  const { name, kind } = (host.includes(".") ? null : brandOfName(host)) ?? brandOfHost(host);
  return { name: nameOf(name) ?? DIRECT, origin: kind, isAd: false };
};

/** A source as it was typed: `Google`, `google.com`, `fb`, `newsletter`. */
function fromName(text: string | null | undefined): From | null {
  const name = nameOf(text);
  if (name === null || isNothing(name)) return null;
  const host = typedHost(name);
  if (host !== null) return fromHost(host);
  const brand = brandOfName(name);
  return brand ? { name: brand.name, origin: brand.kind, isAd: brand.isAd } : { name, origin: "unknown", isAd: false };
}

/** Apps of one owner, whose links all carry `fbclid`. */
const META = new Set(["facebook", "instagram", "threads", "messenger", "whatsapp"]);

function fromClick({ source }: Click, referred: From | null): From {
  if (referred && META.has(source) && META.has(referred.name)) return referred;
  return fromName(source) ?? NOWHERE;
}

/** The origin if the source's name says nothing: the referrer's kind, else the click's. Any host is a referral. */
function originBeside(referred: From | null, clicked: From | null): Origin {
  if (referred && referred.origin !== "referral") return referred.origin;
  return clicked?.origin ?? referred?.origin ?? "unknown";
}

/** The source by `utm_source`, else by a click id, else by the referrer. */
export function sourceOf(entryPage: string, referrer: string | null): Source {
  const query = URL.parse(entryPage)?.searchParams ?? new URLSearchParams();
  const host = foreignHost(entryPage, referrer);
  const referred = host === null ? null : fromHost(host);
  const click = clickOf(query);
  const clicked = click && fromClick(click, referred);
  const from = fromName(query.get("utm_source")) ?? clicked ?? referred ?? NOWHERE;
  const origin = from.origin === "unknown" ? originBeside(referred, clicked) : from.origin;
  const medium = nameOf(query.get("utm_medium"));
  return {
    source: from.name,
    channel: channelOf({ origin, medium, isAd: from.isAd, click }),
    campaign: nameOf(query.get("utm_campaign")),
    medium,
    term: nameOf(query.get("utm_term")),
    content: nameOf(query.get("utm_content")),
  };
}

/** A source in any spelling, as sessions have it; null for an empty one. */
export function sourceName(text: string): string | null {
  const name = nameOf(text);
  return name && (fromName(name)?.name ?? DIRECT);
}

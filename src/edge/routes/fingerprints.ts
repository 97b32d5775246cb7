import * as z from "zod";
import type { Env } from "../../bindings";
import { rangeOf } from "../../core/api/analytics";
import { FingerprintQuery, FingerprintsQuery } from "../../core/api/identity";
import { type GraphPlace, graphOf, mergePlaces } from "../../core/identity/graph";
import { type AddressMode, storedAddress } from "../../core/network/address";
import { asnClass } from "../../core/network/asn";
import {
  type Fingerprint,
  type FingerprintsAsked,
  findFingerprint,
  listFingerprints,
  neighboursOn,
  placesOfSessions,
  placesOfShards,
} from "../../data/store/fingerprints";
import { FINGERPRINT_MAX_SESSIONS, FINGERPRINT_NEIGHBOURS, IDENTITY_GRAPH_NODES } from "../../limits";
import { siteSettings } from "../../ops/site-settings";
import { invalidQuery, Problem } from "../../protocol/problem";
import { ClientId } from "../../protocol/values";
import type { KeyedContext } from "../http/context-keyed";
import { readCursor, writeCursor } from "../http/cursor";
import type { Columns } from "../http/export";
import { freshJson } from "../http/json";
import { keyed } from "../http/keyed";
import { answerList } from "../http/list";
import { readQuery } from "../http/query";

const FingerprintCursor = z
  .tuple([z.number(), z.string()])
  .transform(([started_at, session_id]) => ({ started_at, session_id }));
/** A stored address: a network, or a keyed hash. */
const STORED = /^([0-9a-f.:]+\/(24|48)|h:[0-9a-f]{32})$/;
const MODES: readonly AddressMode[] = ["full", "masked", "hashed"];

/** `GET /analytics/fingerprints` */
export const getFingerprints = keyed(async (context) => {
  const query = readQuery(FingerprintsQuery, context);
  const { env } = context;
  const range = rangeOf(query, Date.now());
  if (range.from >= range.to) throw invalidQuery("from", "must be before to");
  const { site, ip } = query;
  const ips = ip === undefined ? undefined : await formsOf(env, ip.toLowerCase(), site);
  const asked: FingerprintsAsked = { ...range, site, ips };
  return answerList(context, {
    name: "fingerprints",
    columns: COLUMNS,
    query,
    read: async (at, limit) => {
      const after = readCursor("fingerprints", FingerprintCursor, at ?? undefined);
      const { fingerprints, next } = await listFingerprints(env.DB, asked, after, limit);
      return { rows: fingerprints, next: next && writeCursor("fingerprints", next.started_at, next.session_id) };
    },
  });
});

/** The forms in which the site may have stored an address; every form there is if no site is named. */
async function formsOf(env: Env, ip: string, site: string | undefined): Promise<string[]> {
  if (STORED.test(ip)) return [ip];
  const modes = site === undefined ? MODES : [(await siteSettings(env, site)).ip];
  const forms = await Promise.all(modes.map((mode) => storedAddress(ip, mode, env.ADDRESS_HASH_SECRET)));
  const known = forms.filter((form) => form !== null);
  if (known.length === 0) throw invalidQuery("ip", "must be an address, or what is stored of one");
  return [...new Set(known)];
}

/** `GET /analytics/fingerprints/:id` */
export const getFingerprint = keyed(async (context) => {
  const { id, asked } = askedOf(context, "id");
  const [found, places] = await Promise.all([findFingerprint(context.env.DB, id, asked), placesOf(context, id, asked)]);
  if (!found) throw unknown();
  const shown = places.slice(0, IDENTITY_GRAPH_NODES).map((place) => ({ ...place, provider: providerOf(place) }));
  const capped = found.capped || shown.length < places.length;
  return freshJson({ data: { ...found, capped, places: shown } });
});

/** `GET /analytics/identity/:fingerprint_id` */
export const getIdentity = keyed(async (context) => {
  const { id, asked } = askedOf(context, "fingerprint_id");
  const { DB } = context.env;
  const places = await placesOf(context, id, asked);
  if (places.length === 0) throw unknown();
  const addresses = [...new Set(places.flatMap(({ ip }) => ip ?? []))].slice(0, FINGERPRINT_NEIGHBOURS);
  const neighbours = await neighboursOn(DB, id, addresses, asked, FINGERPRINT_NEIGHBOURS + 1);
  const graph = graphOf(id, places, neighbours.slice(0, FINGERPRINT_NEIGHBOURS));
  const looked = places.reduce((sum, { sessions }) => sum + sessions, 0);
  const capped = graph.capped || neighbours.length > FINGERPRINT_NEIGHBOURS || looked >= FINGERPRINT_MAX_SESSIONS;
  return freshJson({ data: { ...graph, capped } });
});

function askedOf(context: KeyedContext, name: string): { id: string; asked: FingerprintsAsked } {
  const id = ClientId.safeParse(context.params[name]);
  if (!id.success) throw new Problem("not_found", "No fingerprint can have this id.");
  const { from = 0, to = Date.now() + 1, site } = readQuery(FingerprintQuery, context);
  if (from >= to) throw invalidQuery("from", "must be before to");
  return { id: id.data, asked: { from, to, site } };
}

/** The shards' own places have no period, so they are shown only if the caller names none. */
async function placesOf({ env, url }: KeyedContext, id: string, asked: FingerprintsAsked): Promise<GraphPlace[]> {
  const isWhole = !url.searchParams.has("from") && !url.searchParams.has("to");
  const [ofSessions, ofShards] = await Promise.all([
    placesOfSessions(env.DB, id, asked),
    isWhole ? placesOfShards(env.DB, id, asked) : Promise.resolve([]),
  ]);
  return mergePlaces(ofSessions, ofShards);
}

const providerOf = ({ asn }: GraphPlace): string | null => asnClass(asn).provider;
const unknown = (): Problem => new Problem("not_found", "Nothing is known of this fingerprint.");

const COLUMNS: Columns<Fingerprint> = [
  ["fingerprint_id", (one) => one.fingerprint_id],
  ["first_seen_at", (one) => one.first_seen_at],
  ["last_seen_at", (one) => one.last_seen_at],
  ["sessions", (one) => one.sessions],
  ["ips", (one) => one.ips],
  ["asns", (one) => one.asns],
  ["countries", (one) => one.countries],
  ["capped", (one) => one.capped],
  ["session_id", (one) => one.latest.session_id],
  ["site", (one) => one.latest.site],
  ["label", (one) => one.latest.label],
  ["country", (one) => one.latest.country],
  ["engagement", (one) => one.latest.scores.engagement],
  ["bot", (one) => one.latest.scores.bot],
  ["vpn", (one) => one.latest.scores.vpn],
  ["risk", (one) => one.latest.scores.risk],
];

import type { Env } from "../bindings";
import { BUDGETS } from "../core/budget/name";
import { TYPE_BUCKETS } from "../core/budget/types";
import type { TrackCall } from "../core/session/track-call";
import { sha256 } from "../core/sha256";
import { BUDGET_CACHE_MS, BUDGET_WAIT_MS, SITE_CACHE_ENTRIES, SITE_MAX_TYPES } from "../limits";
import { BUILT_IN_TYPES } from "../protocol/types";
import { DAY_MS, dayOf } from "../time";
import { Cache } from "./cache";
import { inTime } from "./in-time";
import { errorField, type Logger } from "./logger";

/** What an isolate knows of a site's custom types today. */
interface Known {
  day: string;
  /** Asked for today, and taken in. */
  taken: Set<string>;
  /** All there are, where there is no room: each is asked for once a day, so that it is known to be in use. */
  listed: Set<string>;
  /** Until then, epoch ms, whatever is not among them has no room, and need not be asked for: by bucket, or for all of them. */
  full_until: Map<number | "all", number>;
}

/** By day and site: with the day each type is asked for anew. */
const sites = new Cache<Known>(SITE_CACHE_ENTRIES);

function knownOf(site: string, day: string): Known {
  const key = `${day} ${site}`;
  const known = sites.get(key);
  if (known) return known;
  const fresh: Known = { day, taken: new Set(), listed: new Set(), full_until: new Map() };
  sites.set(key, fresh, DAY_MS);
  return fresh;
}

type Stores = Pick<Env, "BUDGET">;

/** Of whom a type comes, as far as that is counted: not so exactly that it would name them. */
async function bucketOf({ site, budget }: TrackCall): Promise<number | null> {
  const sender = budget?.sender ?? null;
  return sender === null
    ? null
    : Number.parseInt((await sha256(`types:${site}:${sender}`)).slice(-8), 16) % TYPE_BUCKETS;
}

/**
 * Hands a call to its session, with those of its custom types for which there is no room: what is of them goes to the archive
 * only. Others are taken in once the session has taken the call: what is refused leaves no name behind. Types that cannot be
 * asked for are kept, and not taken in.
 */
export async function withTypes<Result extends { ok: boolean }>(
  env: Stores,
  call: TrackCall,
  log: Logger,
  track: (call: TrackCall) => Result | Promise<Result>,
): Promise<Result> {
  const types = call.batch?.events.flatMap((event) =>
    event && !BUILT_IN_TYPES.has(event.event_type) ? [event.event_type] : [],
  );
  if (!types || types.length === 0) return track(call);
  const known = knownOf(call.site, dayOf(Date.now()));
  const unknown = [...new Set(types)].filter((type) => !known.taken.has(type));
  if (unknown.length === 0) return track(call);
  const bucket = await bucketOf(call);
  const refused = await refusedOf(env, call.site, known, unknown, bucket, log);
  const result = await track(refused.length === 0 ? call : { ...call, archive_only: refused });
  const fresh = unknown.filter((type) => !refused.includes(type));
  if (result.ok && fresh.length > 0) {
    const left = await ask(env, call.site, known, fresh, { bucket, takes: true }, log);
    for (const name of fresh) {
      if (left && !left.includes(name) && known.taken.size < SITE_MAX_TYPES) known.taken.add(name);
    }
  }
  return result;
}

async function refusedOf(
  env: Stores,
  site: string,
  known: Known,
  names: readonly string[],
  bucket: number | null,
  log: Logger,
): Promise<readonly string[]> {
  const now = Date.now();
  const isFull = (of: number | "all"): boolean => (known.full_until.get(of) ?? 0) > now;
  const isShut = isFull("all") || (bucket !== null && isFull(bucket));
  if (isShut && !names.some((name) => known.listed.has(name))) return names;
  return (await ask(env, site, known, names, { bucket, takes: false }, log)) ?? [];
}

/** Those that have no room; null where that cannot be asked. */
async function ask(
  env: Stores,
  site: string,
  known: Known,
  names: readonly string[],
  how: { bucket: number | null; takes: boolean },
  log: Logger,
): Promise<readonly string[] | null> {
  try {
    const asking = env.BUDGET.getByName(BUDGETS).types(site, known.day, names, how);
    const { refused, all } = await inTime(asking, BUDGET_WAIT_MS);
    if (all) {
      known.listed = new Set(all);
      const isWhole = all.length >= SITE_MAX_TYPES;
      if (known.full_until.size > SITE_CACHE_ENTRIES) known.full_until.clear();
      known.full_until.set(isWhole ? "all" : (how.bucket ?? "all"), Date.now() + BUDGET_CACHE_MS);
    }
    return refused;
  } catch (error) {
    log.warn("types_unreadable", { site, error: errorField(error) });
    return null;
  }
}

import type { Env } from "../bindings";
import { BUDGETS } from "../core/budget/name";
import { TYPE_BUCKETS } from "../core/budget/types";
import type { TrackCall } from "../core/session/calls/track-call";
import { sha256 } from "../core/sha256";
import { BUDGET_CACHE_MS, BUDGET_WAIT_MS, SITE_CACHE_ENTRIES, SITE_MAX_TYPES } from "../limits";
import { BUILT_IN_TYPES } from "../protocol/types";
import { DAY_MS, dayOf } from "../time";
import { Cache } from "./cache";
import { inTime } from "./in-time";
import { errorField, type Logger } from "./logger";

/** What an isolate knows of a site's custom types today. */
interface KnownTypes {
  day: string;
  /** Types that were asked for today, and have room. */
  taken: Set<string>;
  /** If there is no room: all types of the site. Each is asked for once a day, so that it is known to be in use. */
  listed: Set<string>;
  /** Until when (epoch ms) new types have no room and need not be asked for: for a bucket, or for all. */
  full_until: Map<number | "all", number>;
}

/** By day and site, so that each type is asked for anew each day. */
const sites = new Cache<KnownTypes>(SITE_CACHE_ENTRIES);

function knownOf(site: string, day: string): KnownTypes {
  const key = `${day} ${site}`;
  const known = sites.get(key);
  if (known) return known;
  const fresh: KnownTypes = { day, taken: new Set(), listed: new Set(), full_until: new Map() };
  sites.set(key, fresh, DAY_MS);
  return fresh;
}

/** The bucket of the sender, by which types are counted: too coarse to name anybody. Null for a sender with a key. */
async function bucketOf({ site, budget }: TrackCall): Promise<number | null> {
  const sender = budget?.sender ?? null;
  return sender === null
    ? null
    : Number.parseInt((await sha256(`types:${site}:${sender}`)).slice(-8), 16) % TYPE_BUCKETS;
}

/**
 * Hands a call to its session. `archive_only` names its custom types that have no room: their events go to the archive only. New
 * types with room are counted after the session has taken the call, so that a refused call leaves no name behind. If the budget
 * actor does not answer, the types pass, and are not counted.
 */
export async function withAdmittedTypes<Result extends { ok: boolean }>(
  env: Pick<Env, "BUDGET">,
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
  env: Pick<Env, "BUDGET">,
  site: string,
  known: KnownTypes,
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

/** The types that have no room; null if the budget actor does not answer. */
async function ask(
  env: Pick<Env, "BUDGET">,
  site: string,
  known: KnownTypes,
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

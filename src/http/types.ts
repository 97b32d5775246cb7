import { BUDGETS } from "../budget/name";
import { dayOf } from "../day";
import type { Env } from "../env";
import { inTime } from "../in-time";
import { BUDGET_CACHE_MS, BUDGET_WAIT_MS, DAY_MS, SITE_CACHE_ENTRIES, SITE_MAX_TYPES } from "../limits";
import { BUILT_IN_TYPES } from "../protocol/types";
import type { TrackCall } from "../session/intake";
import { Cache } from "./cache";
import { errorField, type Logger } from "./logger";

/** What an isolate knows of a site's custom types today. */
interface Known {
  day: string;
  /** Asked for today, and taken. */
  taken: Set<string>;
  /** All there are, where the site is full: each is asked for once a day, so that it is known to be in use. */
  listed: Set<string>;
  /** Until then, epoch ms, whatever is not among them has no room: it need not be asked for. */
  full_until: number;
}

/** By day and site: with the day each type is asked for anew. */
const sites = new Cache<Known>(SITE_CACHE_ENTRIES);

function knownOf(site: string, day: string): Known {
  const key = `${day} ${site}`;
  const known = sites.get(key);
  if (known) return known;
  const fresh: Known = { day, taken: new Set(), listed: new Set(), full_until: 0 };
  sites.set(key, fresh, DAY_MS);
  return fresh;
}

/**
 * The call, with those of its custom types for which its site has no room: what is of them goes to the archive only. Types that
 * cannot be asked for are taken.
 */
export function withTypes(env: Pick<Env, "BUDGET">, call: TrackCall, log: Logger): TrackCall | Promise<TrackCall> {
  const types = call.batch?.events.flatMap((event) =>
    event && !BUILT_IN_TYPES.has(event.event_type) ? [event.event_type] : [],
  );
  if (!types || types.length === 0) return call;
  const now = Date.now();
  const known = knownOf(call.site, dayOf(now));
  const unknown = [...new Set(types)].filter((type) => !known.taken.has(type));
  if (unknown.length === 0) return call;
  if (known.full_until > now && !unknown.some((type) => known.listed.has(type)))
    return { ...call, archive_only: unknown };
  return ask(env, call.site, known, unknown, log).then((refused) =>
    refused.length === 0 ? call : { ...call, archive_only: refused },
  );
}

async function ask(
  env: Pick<Env, "BUDGET">,
  site: string,
  known: Known,
  names: readonly string[],
  log: Logger,
): Promise<readonly string[]> {
  try {
    const { refused, all } = await inTime(env.BUDGET.getByName(BUDGETS).types(site, known.day, names), BUDGET_WAIT_MS);
    for (const name of names) if (!refused.includes(name) && known.taken.size < SITE_MAX_TYPES) known.taken.add(name);
    if (all) {
      known.listed = new Set(all);
      known.full_until = Date.now() + BUDGET_CACHE_MS;
    }
    return refused;
  } catch (error) {
    log.warn("types_unreadable", { site, error: errorField(error) });
    return [];
  }
}

import { RealtimeQuery, RealtimeStreamQuery } from "../../core/api/realtime";
import { allShards, shardName } from "../../core/roster/shards";
import { type FollowContext, followRequest, hubName } from "../../core/roster/socket";
import { mergeSummaries } from "../../core/roster/summary";
import { UNAVAILABLE_RETRY_SECONDS } from "../../limits";
import { errorField } from "../../ops/logger";
import { Problem, unavailable } from "../../protocol/problem";
import { type Caller, requireRootKey } from "../http/auth";
import type { Context, Handler } from "../http/context";
import { freshJson } from "../http/json";
import { keyed } from "../http/keyed";
import { readQuery } from "../http/query";
import { limitApi } from "../http/rate";
import { requireOpenKey, requireTicket, requireUpgrade, WATCH } from "../http/stream-access";
import { offeredTicket } from "../http/tickets";

/** `GET /analytics/realtime`: who is on a site, or on all of them, now. */
export const getRealtime = keyed(
  async (context) => {
    const { site = null, bots, limit } = readQuery(RealtimeQuery, context);
    const { env, log } = context;
    try {
      const parts = await Promise.all(
        allShards.map((shard) => env.ROSTER.getByName(shardName(shard)).summary(site, bots, limit)),
      );
      const { bots: leftOut, ...who } = mergeSummaries(parts, bots, limit);
      const data = { site, ...who, timestamp: Date.now() };
      return freshJson({ data, bots: leftOut });
    } catch (error) {
      // A count without one of the shards would be wrong.
      log.warn("roster_failed", { error: errorField(error) });
      throw unavailable("The roster could not be read.");
    }
  },
  ...WATCH,
);

const PATH = "/analytics/realtime/stream";

/** What a stream follows: a site or all sites, and with or without bots. */
type Followed = Pick<FollowContext, "site" | "bots">;

/** The path of a stream, in the one form in which tickets are compared. */
const pathOf = ({ site, bots }: Followed): string =>
  `${PATH}?${new URLSearchParams(site === null ? { bots } : { site, bots })}`;

function askedOf(params: URLSearchParams): Followed | null {
  const asked = RealtimeStreamQuery.safeParse(Object.fromEntries(params));
  return asked.success ? { site: asked.data.site ?? null, bots: asked.data.bots } : null;
}

/** A path in the one form in which tickets are compared; null if it is another stream, or the caller may not open it. */
export function realtimeTicketPath(path: string, caller: Caller): string | null {
  const [before, query = ""] = path.split("?", 2);
  if (before !== PATH) return null;
  const asked = askedOf(new URLSearchParams(query));
  return asked && maySee(caller.sites, asked.site) ? pathOf(asked) : null;
}

/** The query is read as it stands: a ticket has no caller, and a caller who may not see the site is told so. */
const ANYONE: Pick<Caller, "sites"> = { sites: null };

/** All sites together are only for a caller who is not restricted to some. */
const maySee = (sites: Caller["sites"], site: string | null): boolean =>
  sites === null || (site !== null && sites.includes(site));

/** `GET /analytics/realtime/stream`: follows a site by WebSocket. By ticket from a browser, by key from anywhere else. */
export const openRealtimeStream: Handler = async (context) => {
  const { request, env, url } = context;
  requireUpgrade(request);
  await limitApi(env, request);
  const offered = offeredTicket(request.headers);
  // The key is checked first, so that a missing key is told before anything else that is wrong.
  const caller = offered ? null : await requireOpenKey(context);
  const query = readQuery(RealtimeStreamQuery, { url, caller: ANYONE });
  const asked: Followed = { site: query.site ?? null, bots: query.bots };
  if (caller && !maySee(caller.sites, asked.site)) throw new Problem("scope_missing", "This key is for other sites.");
  if (caller) return open(context, { ...asked, ticket: null, key_id: caller.key_id, protocol: null });
  const { value = "", protocol = null } = offered ?? {};
  const ticket = await requireTicket(context, requireRootKey(env), value, pathOf(asked));
  return open(context, { ...asked, ticket, key_id: ticket.key_id, protocol });
};

async function open({ env, log }: Context, follow: FollowContext): Promise<Response> {
  let response: Response;
  try {
    response = await env.REALTIME.getByName(hubName(follow.site, follow.bots)).fetch(followRequest(follow));
  } catch (error) {
    log.warn("actor_failed", { error: errorField(error) });
    throw unavailable("The stream could not be opened.");
  }
  if (response.status === 101) return response;
  if (response.status === 401) throw new Problem("ticket_invalid", "This ticket has been used.");
  throw new Problem("rate_limited", "Too many follow this site.", { retryAfter: UNAVAILABLE_RETRY_SECONDS });
}

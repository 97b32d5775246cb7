import type { Caller } from "../http/auth";
import type { Context } from "../http/context";
import { type KeyedContext, keyed, requireAllSites } from "../http/keyed";
import { errorField } from "../http/logger";
import { Problem, unavailable } from "../http/problem";
import { readQuery } from "../http/query";
import { streamText } from "../http/stream";
import { liveSessionsOf } from "../ops/live";
import { personPieces } from "../ops/person";
import { ErasureQuery, PersonQuery } from "../protocol/erasure";
import { ClientId } from "../protocol/fields";
import { findErasure, leadsOf, sessionsOfVisitor } from "../store/erasures";

const NO_STORE = { "Cache-Control": "no-store" };

/** Of the sites a caller may see, the one that is named, or all. */
const sitesFor = ({ sites }: Caller, site: string | undefined): readonly string[] | null =>
  site === undefined ? sites : [site];

function visitorOf({ params }: Context): string {
  const id = ClientId.safeParse(params["id"]);
  if (id.success) return id.data;
  throw new Problem("not_found", "No visitor can have this id.");
}

/** `DELETE /analytics/visitors/:id`: erases a person everywhere. 200 when it is done, 202 while it goes on by itself. */
export const deleteVisitor = keyed(async (context) => {
  const visitor_id = visitorOf(context);
  const { site, keep_leads } = readQuery(ErasureQuery, context);
  const { env, log, caller } = context;
  const erasure_id = crypto.randomUUID();
  const order = { visitor_id, sites: sitesFor(caller, site), keep_leads: keep_leads !== undefined };
  try {
    const receipt = await env.ERASER.getByName(erasure_id).erase(erasure_id, order);
    const status = receipt.status === "complete" ? 200 : 202;
    return Response.json({ data: receipt }, { status, headers: NO_STORE });
  } catch (error) {
    log.warn("eraser_failed", { erasure_id, error: errorField(error) });
    throw unavailable("The erasure could not be begun; ask for it again.");
  }
}, "admin");

/** `GET /analytics/erasures/:erasure`: the receipt, as it is now. */
export const getErasure = keyed(async ({ env, params, caller }) => {
  requireAllSites(caller);
  const receipt = await findErasure(env.DB, params["erasure"] ?? "");
  if (!receipt) throw new Problem("not_found", "There is no such erasure.");
  return Response.json({ data: receipt }, { headers: NO_STORE });
}, "admin");

/** `GET /analytics/visitors/:id/export`: everything there is of a person, streamed. */
export const exportVisitor = keyed(async (context: KeyedContext) => {
  const visitor_id = visitorOf(context);
  const { site } = readQuery(PersonQuery, context);
  const { env, caller } = context;
  const sites = sitesFor(caller, site);
  const [first] = await sessionsOfVisitor(env.DB, visitor_id, sites, 1);
  const [lead] = first ? [] : await leadsOf(env.DB, visitor_id, sites, []);
  const [live] = first || lead ? [] : await liveSessionsOf(env.ROSTER, visitor_id, sites);
  if (!first && !lead && !live) throw new Problem("not_found", "Nothing is known of this visitor.");
  const headers = { "Content-Type": "application/json", "Content-Disposition": 'attachment; filename="person.json"' };
  return new Response(streamText(personPieces(env, visitor_id, sites)), { headers: { ...headers, ...NO_STORE } });
}, "export");

import { ErasureQuery, PeopleQuery } from "../../core/api/erasure";
import { findErasure, hostOf, leadsByKeys } from "../../data/store/erasures";
import { findLead } from "../../data/store/lead-list";
import type { ErasureOrder, ErasureSubject } from "../../data/store/order";
import { errorField } from "../../ops/logger";
import { Problem, unavailable } from "../../protocol/problem";
import { seesSite } from "../http/auth";
import type { KeyedContext } from "../http/context-keyed";
import { freshJson } from "../http/json";
import { keyed, requireAllSites } from "../http/keyed";
import { readQuery } from "../http/query";
import { sessionIdOf } from "../http/session-actor";
import { nobody, personKeys } from "./people";
import { isKnownVisitor, sitesFor, visitorOf } from "./visitors";

/** 200 with the receipt if the erasure is done, 202 if it goes on by itself. */
async function erase(
  { env, log }: KeyedContext,
  subject: ErasureSubject,
  { sites, keep_leads }: Pick<ErasureOrder, "sites" | "keep_leads">,
): Promise<Response> {
  const erasure_id = crypto.randomUUID();
  try {
    const receipt = await env.ERASER.getByName(erasure_id).erase(erasure_id, { subject, sites, keep_leads });
    const status = receipt.status === "complete" ? 200 : 202;
    return freshJson({ data: receipt }, status);
  } catch (error) {
    log.warn("eraser_failed", { erasure_id, error: errorField(error) });
    throw unavailable("The erasure could not be begun; ask for it again.");
  }
}

/** `DELETE /analytics/visitors/:id`: erases a visitor everywhere. */
export const deleteVisitor = keyed(async (context) => {
  const visitor_id = visitorOf(context);
  const { site, keep_leads } = readQuery(ErasureQuery, context);
  const sites = sitesFor(context.caller, site);
  if (!(await isKnownVisitor(context.env, visitor_id, sites))) {
    throw new Problem("not_found", "Nothing is known of this visitor.");
  }
  return erase(context, { kind: "visitor", visitor_id }, { sites, keep_leads: keep_leads !== undefined });
}, "admin");

/** `DELETE /analytics/people`: erases the leads of an email or a phone. */
export const deletePerson = keyed(async (context) => {
  const query = readQuery(PeopleQuery, context);
  const keys = await personKeys(query);
  const sites = sitesFor(context.caller, query.site);
  if ((await leadsByKeys(context.env.DB, keys, sites, 1)).length === 0) throw nobody();
  return erase(context, { kind: "person", keys }, { sites, keep_leads: false });
}, "admin");

/** `DELETE /analytics/leads/:id`: erases a lead, by its id or that of a submit that merged into it; of a guest only its own submit. */
export const deleteLead = keyed(async (context) => {
  const lead_id = await leadFor(context);
  return erase(context, { kind: "lead", lead_id }, { sites: null, keep_leads: false });
}, "admin");

/** The id to erase. D1 may not know a lead yet that its actor has taken. */
async function leadFor({ env, params, caller }: KeyedContext): Promise<string> {
  const id = sessionIdOf(params["id"], "not_found");
  const [found, host] = [await findLead(env.DB, id), await hostOf(env.DB, id)];
  const site = found ? found.site : await env.LEAD.getByName(id).siteOf();
  // A guest is not the lead itself, so only the guest's own submit goes.
  if (site !== null && seesSite(caller, site)) return host === null ? (found?.lead_id ?? id) : id;
  throw new Problem("not_found", "There is no such lead.");
}

/** `GET /analytics/erasures/:erasure`: the receipt, as it is now. */
export const getErasure = keyed(async ({ env, params, caller }) => {
  requireAllSites(caller);
  const receipt = await findErasure(env.DB, params["erasure"] ?? "");
  if (!receipt) throw new Problem("not_found", "There is no such erasure.");
  return freshJson({ data: receipt });
}, "admin");

import type { Env } from "../../bindings";
import { PersonQuery } from "../../core/api/erasure";
import { leadsClaiming, leadsOf, sessionsOfVisitor } from "../../data/store/erasures";
import { liveSessionsOf } from "../../ops/live-sessions";
import { visitorPieces } from "../../ops/person-export";
import { Problem } from "../../protocol/problem";
import { ClientId } from "../../protocol/values";
import type { Caller } from "../http/auth";
import type { Context } from "../http/context";
import { keyed } from "../http/keyed";
import { readQuery } from "../http/query";
import { streamText } from "../http/stream";

/** The named site, or all that the caller may see; null: all sites. */
export const sitesFor = ({ sites }: Caller, site: string | undefined): readonly string[] | null =>
  site === undefined ? sites : [site];

export function visitorOf({ params }: Context): string {
  const id = ClientId.safeParse(params["id"]);
  if (id.success) return id.data;
  throw new Problem("not_found", "No visitor can have this id.");
}

/** Whether a session or a lead in D1 names the visitor, or a session that is open now. */
export async function isKnownVisitor(
  { DB, ROSTER }: Pick<Env, "DB" | "ROSTER">,
  visitor_id: string,
  sites: readonly string[] | null,
): Promise<boolean> {
  if ((await sessionsOfVisitor(DB, visitor_id, sites, 1)).length > 0) return true;
  if ((await leadsOf(DB, visitor_id, sites, [])).length > 0) return true;
  if ((await leadsClaiming(DB, visitor_id, sites, [])).length > 0) return true;
  return (await liveSessionsOf(ROSTER, visitor_id, sites)).length > 0;
}

/** A person's data as a file, piece by piece. */
export function answerPieces(pieces: AsyncGenerator<string>): Response {
  const headers = {
    "Content-Type": "application/json",
    "Content-Disposition": 'attachment; filename="person.json"',
    "Cache-Control": "no-store",
  };
  return new Response(streamText(pieces), { headers });
}

/** `GET /analytics/visitors/:id/export`: all data of a visitor, streamed. */
export const exportVisitor = keyed(async (context) => {
  const visitor_id = visitorOf(context);
  const { site } = readQuery(PersonQuery, context);
  const { env, caller } = context;
  const sites = sitesFor(caller, site);
  if (!(await isKnownVisitor(env, visitor_id, sites))) {
    throw new Problem("not_found", "Nothing is known of this visitor.");
  }
  return answerPieces(visitorPieces(env, visitor_id, sites));
}, "export");

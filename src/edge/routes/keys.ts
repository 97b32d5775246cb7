import * as z from "zod";
import { KeyInput, KeysQuery } from "../../core/api/keys";
import { listAudit } from "../../data/store/audit";
import { findKey, listKeys } from "../../data/store/keys";
import { dropKey, makeKey } from "../../ops/keyring";
import { fromRefusal, Problem } from "../../protocol/problem";
import { parseWith } from "../../protocol/track";
import { hasScope, seesSite } from "../http/auth";
import { readJson } from "../http/body";
import type { KeyedContext } from "../http/context-keyed";
import { readCursor, writeCursor } from "../http/cursor";
import { keyed, requireAllSites } from "../http/keyed";
import { readQuery } from "../http/query";

const NO_STORE = { "Cache-Control": "no-store" };

const Place = z.tuple([z.number(), z.string()]);

/** `GET /analytics/keys`: every key there is, without what would open anything. */
export const getKeys = keyed(async (context) => {
  requireAllSites(context.caller);
  const { limit, cursor } = readQuery(KeysQuery, context);
  const place = readCursor("keys", Place, cursor);
  const before = place && { created_at: place[0], key_id: place[1] };
  const { keys, last } = await listKeys(context.env.DB, before, limit);
  const next_cursor = last && writeCursor("keys", last.created_at, last.key_id);
  return Response.json({ data: keys, next_cursor }, { headers: NO_STORE });
}, "admin");

/** `POST /analytics/keys`: the only answer that holds the key. */
export const postKey = keyed(async ({ request, env, caller }) => {
  const parsed = parseWith(KeyInput, await readJson(request));
  if (!parsed.ok) throw fromRefusal(parsed.refusal);
  requireWithin(caller, parsed.value);
  const now = Date.now();
  const { expires_at } = parsed.value;
  if (expires_at != null && expires_at <= now) throw pastExpiry();
  const { hash: _, ...key } = await makeKey(env, parsed.value, now);
  return Response.json({ data: key }, { status: 201, headers: NO_STORE });
}, "admin");

const pastExpiry = (): Problem =>
  new Problem("invalid_body", "expires_at: is in the past", {
    errors: [{ path: "expires_at", message: "is in the past" }],
  });

/** A key makes no key that may do or see more than it does. */
function requireWithin(caller: KeyedContext["caller"], { scopes, sites, expires_at }: KeyInput): void {
  const lacking = scopes.filter((scope) => !hasScope(caller, scope));
  if (lacking.length > 0) {
    throw new Problem("scope_missing", `A key makes keys with its own scopes only; it lacks ${lacking.join(", ")}.`);
  }
  if (caller.expires_at !== null && (expires_at ?? Number.POSITIVE_INFINITY) > caller.expires_at) {
    throw new Problem(
      "scope_missing",
      `A key makes none that outlives it: name an expires_at up to ${caller.expires_at}.`,
    );
  }
  if (caller.sites === null || sites?.every((site) => seesSite(caller, site))) return;
  throw new Problem("scope_missing", "A key that is restricted to sites makes keys for those sites only.");
}

/** `DELETE /analytics/keys/:key`: the key opens nothing from now on, in other isolates within a minute. */
export const deleteKey = keyed(async ({ env, params, caller }) => {
  const key_id = params["key"] ?? "";
  const key = await findKey(env.DB, key_id);
  const isTheirs = key && (caller.sites === null || key.sites?.every((site) => seesSite(caller, site)));
  if (!isTheirs) throw new Problem("not_found", "There is no such key.");
  await dropKey(env, key_id, Date.now());
  const { hash: _, ...revoked } = (await findKey(env.DB, key_id)) ?? key;
  return Response.json({ data: revoked }, { headers: NO_STORE });
}, "admin");

/** `GET /analytics/audit`: what was done with `admin`, newest first. */
export const getAudit = keyed(async (context) => {
  requireAllSites(context.caller);
  const { limit, cursor } = readQuery(KeysQuery, context);
  const place = readCursor("audit", Place, cursor);
  const before = place && { at: place[0], audit_id: place[1] };
  const { entries, last } = await listAudit(context.env.DB, before, limit);
  const next_cursor = last && writeCursor("audit", last.at, last.audit_id);
  return Response.json({ data: entries, next_cursor }, { headers: NO_STORE });
}, "admin");

import * as z from "zod";
import { KeyInput, KeysQuery } from "../../core/api/keys";
import { listAudit } from "../../data/store/audit";
import { findKey, listKeys } from "../../data/store/keys";
import { dropKey, makeKey } from "../../ops/keyring";
import { Problem, unwrap } from "../../protocol/problem";
import { parseWith } from "../../protocol/track";
import { hasScope, seesSite } from "../http/auth";
import { readJson } from "../http/body";
import type { KeyedContext } from "../http/context-keyed";
import { readCursor, writeCursor } from "../http/cursor";
import { freshJson } from "../http/json";
import { keyed, requireAllSites } from "../http/keyed";
import { readQuery } from "../http/query";

const KeyPlace = z.tuple([z.number(), z.string()]).transform(([created_at, key_id]) => ({ created_at, key_id }));
const AuditPlace = z.tuple([z.number(), z.string()]).transform(([at, audit_id]) => ({ at, audit_id }));

/** `GET /analytics/keys`: every key, without its secret. */
export const getKeys = keyed(async (context) => {
  requireAllSites(context.caller);
  const { limit, cursor } = readQuery(KeysQuery, context);
  const before = readCursor("keys", KeyPlace, cursor);
  const { keys, last } = await listKeys(context.env.DB, before, limit);
  const next_cursor = last && writeCursor("keys", last.created_at, last.key_id);
  return freshJson({ data: keys, next_cursor });
}, "admin");

/** `POST /analytics/keys`: the only answer that holds the key. */
export const postKey = keyed(async ({ request, env, caller }) => {
  const input = unwrap(parseWith(KeyInput, await readJson(request)));
  requireWithin(caller, input);
  const now = Date.now();
  const { expires_at } = input;
  if (expires_at != null && expires_at <= now) throw pastExpiry();
  const { hash: _, ...key } = await makeKey(env, input, now);
  return freshJson({ data: key }, 201);
}, "admin");

const pastExpiry = (): Problem =>
  new Problem("invalid_body", "expires_at: is in the past", {
    errors: [{ path: "expires_at", message: "is in the past" }],
  });

/** A key cannot make a key that may do more, see more or live longer. */
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

/** `DELETE /analytics/keys/:key`: revokes a key. Other isolates forget it within a minute. */
export const deleteKey = keyed(async ({ env, params, caller }) => {
  const key_id = params["key"] ?? "";
  const key = await findKey(env.DB, key_id);
  const isTheirs = key && (caller.sites === null || key.sites?.every((site) => seesSite(caller, site)));
  if (!isTheirs) throw new Problem("not_found", "There is no such key.");
  await dropKey(env, key_id, Date.now());
  const { hash: _, ...revoked } = (await findKey(env.DB, key_id)) ?? key;
  return freshJson({ data: revoked });
}, "admin");

/** `GET /analytics/audit`: the uses of `admin`, newest first. */
export const getAudit = keyed(async (context) => {
  requireAllSites(context.caller);
  const { limit, cursor } = readQuery(KeysQuery, context);
  const before = readCursor("audit", AuditPlace, cursor);
  const { entries, last } = await listAudit(context.env.DB, before, limit);
  const next_cursor = last && writeCursor("audit", last.at, last.audit_id);
  return freshJson({ data: entries, next_cursor });
}, "admin");

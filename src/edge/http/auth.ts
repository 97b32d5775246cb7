import { type Env, isDevelopment } from "../../bindings";
import type { Scope } from "../../core/api/keys";
import { isSameHash } from "../../core/same-hash";
import { sha256 } from "../../core/sha256";
import { keyOf, ROOT_KEY } from "../../ops/keyring";
import { headerOf } from "../../protocol/header";
import { Problem } from "../../protocol/problem";

/** The root key of `wrangler.toml`'s development environment. Any other environment refuses it. */
export const DEVELOPMENT_KEY = "pulsegate-development-key";

/** The caller, as the shown key names them. */
export interface Caller {
  /** `ROOT_KEY`, or the public part of a key. */
  key_id: string;
  scopes: readonly Scope[] | "all";
  /** The only sites this key sees; null: all sites. */
  sites: readonly string[] | null;
  /** When the key expires, epoch ms; null: never. */
  expires_at: number | null;
}

const ROOT: Caller = { key_id: ROOT_KEY, scopes: "all", sites: null, expires_at: null };

function presentedKey(headers: Headers): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headerOf(headers, "Authorization") ?? "")?.[1];
  return bearer ?? headerOf(headers, "X-API-Key");
}

/** Whether the caller shows a key, good or bad. Only servers do. */
export const isKeyShown = ({ headers }: Request): boolean => headers.has("Authorization") || headers.has("X-API-Key");

/** The root key of this environment; null if none is configured, or if it is the development key outside development. */
export function rootKey(env: Env): string | null {
  const key = env.ANALYTICS_API_KEY;
  return key && (isDevelopment(env) || key !== DEVELOPMENT_KEY) ? key : null;
}

export function requireRootKey(env: Env): string {
  const key = rootKey(env);
  if (key) return key;
  throw new Problem("analytics_unavailable", "This deployment has no key yet: put the secret ANALYTICS_API_KEY.", {
    retryAfter: 60,
  });
}

/** Whose key the request carries; null without a valid key. */
async function callerOf(request: Request, env: Env): Promise<Caller | null> {
  const root = rootKey(env);
  const given = presentedKey(request.headers);
  if (root === null || given === null) return null;
  // Both are hashed, so that the comparison takes the same time whatever their lengths.
  if (isSameHash(await sha256(given), await sha256(root))) return ROOT;
  const key = await keyOf(env, given, Date.now());
  return key && { key_id: key.key_id, scopes: key.scopes, sites: key.sites, expires_at: key.expires_at };
}

const keyRequired = (detail: string): Problem =>
  new Problem("key_required", detail, { headers: { "WWW-Authenticate": "Bearer" } });

export const hasScope = ({ scopes }: Caller, scope: Scope): boolean => scopes === "all" || scopes.includes(scope);

/** Whether the caller may see a site's data. Routes answer 404 for a site that the caller may not see. */
export const seesSite = ({ sites }: Caller, site: string): boolean => sites === null || sites.includes(site);

function requireScope(caller: Caller, scopes: readonly Scope[]): void {
  if (scopes.some((scope) => hasScope(caller, scope))) return;
  throw new Problem("scope_missing", `This needs a key with the scope ${scopes.join(" or ")}.`);
}

/** 503 if no root key is configured, 401 without a valid key, 403 if the key has none of the scopes. */
export async function requireKey(request: Request, env: Env, scopes: readonly Scope[]): Promise<Caller> {
  requireRootKey(env);
  const caller = await callerOf(request, env);
  if (!caller) throw keyRequired("Send the API key as Authorization: Bearer <key>, or as X-API-Key.");
  requireScope(caller, scopes);
  return caller;
}

/** Checks a server that sends events: its key needs the scope `ingest`, and must be for this site. */
export async function requireIngest(request: Request, env: Env, site: string): Promise<void> {
  const caller = await callerOf(request, env);
  if (!caller) {
    throw keyRequired("A call without Origin comes from a server: send a key with the scope ingest.");
  }
  requireScope(caller, ["ingest"]);
  if (!seesSite(caller, site)) throw new Problem("scope_missing", "This key is for other sites.");
}

import { type Env, isDevelopment } from "../env";
import { Problem } from "./problem";

/** The key of `wrangler.toml`'s development environment; nowhere else does it open anything. */
export const DEVELOPMENT_KEY = "pulsegate-development-key";

const WWW_AUTHENTICATE = { "WWW-Authenticate": "Bearer" };

/** Hashes first, so that the comparison takes the same time whatever the length and content. */
async function sameSecret(given: string, wanted: string): Promise<boolean> {
  const encoder = new TextEncoder();
  const [a, b] = await Promise.all(
    [given, wanted].map((text) => crypto.subtle.digest("SHA-256", encoder.encode(text))),
  );
  return a !== undefined && b !== undefined && crypto.subtle.timingSafeEqual(a, b);
}

function presentedKey(headers: Headers): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.get("Authorization") ?? "")?.[1];
  return bearer ?? headers.get("X-API-Key");
}

/** The root key of this environment; null when it is not configured, or is the development key outside development. */
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

/** Whether the request carries the root key. */
export async function hasKey(request: Request, env: Env): Promise<boolean> {
  const key = rootKey(env);
  const given = presentedKey(request.headers);
  return key !== null && given !== null && (await sameSecret(given, key));
}

/** 503 without a configured key, 401 without the right one. */
export async function requireKey(request: Request, env: Env): Promise<void> {
  requireRootKey(env);
  if (await hasKey(request, env)) return;
  const detail = "Send the API key as Authorization: Bearer <key>, or as X-API-Key.";
  throw new Problem("key_required", detail, { headers: WWW_AUTHENTICATE });
}

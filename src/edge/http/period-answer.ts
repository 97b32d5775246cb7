import { isKnown, tagOf } from "./etag";

/**
 * JSON about a period. Once the period is over the answer has a tag: a late event or an erasure may still change it, so a browser
 * asks each time, and hears 304 if it is the same. An answer about an open period is not cached at all.
 */
export async function periodAnswer(
  request: Request,
  { to }: { to: number },
  data: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  const body = JSON.stringify(data);
  const usual = { "Content-Type": "application/json", Vary: "Accept, Authorization, X-API-Key", ...headers };
  if (to > Date.now()) return new Response(body, { headers: { ...usual, "Cache-Control": "no-store" } });
  const tag = await tagOf(body);
  const tagged = { ...usual, "Cache-Control": "private, no-cache", ETag: tag };
  if (isKnown(request, tag)) return new Response(null, { status: 304, headers: tagged });
  return new Response(body, { headers: tagged });
}

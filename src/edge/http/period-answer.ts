import { sha256 } from "../../core/sha256";
import { headerOf } from "../../protocol/header";

/** The tag of a text as it will be sent. */
const tagOf = async (body: string): Promise<string> => `"${(await sha256(body)).slice(0, 32)}"`;

const known = (request: Request): string[] =>
  (headerOf(request.headers, "If-None-Match") ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));

/**
 * JSON about a period. Once that is over the answer has a tag: a late event or an erasure may still change it, so it is
 * asked for each time, and 304 if it is the same. One about an open period is not kept at all.
 */
export async function periodAnswer(
  request: Request,
  { to }: { to: number },
  data: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  const body = JSON.stringify(data);
  const base = { "Content-Type": "application/json", Vary: "Accept, Authorization, X-API-Key", ...headers };
  if (to > Date.now()) return new Response(body, { headers: { ...base, "Cache-Control": "no-store" } });
  const tagged = { ...base, "Cache-Control": "private, no-cache", ETag: await tagOf(body) };
  const isSame = known(request).some((tag) => tag === tagged.ETag || tag === "*");
  return isSame ? new Response(null, { status: 304, headers: tagged }) : new Response(body, { headers: tagged });
}

import { ANSWER_MS, KEEPALIVE_BYTES } from "./limits";
import { BUSY, type Reply } from "./reply";

/** Bytes in UTF-8. A `Blob` would ask the browser process, which takes a millisecond each time. */
export const sizeOf = (text: string): number => new TextEncoder().encode(text).length;

/** Bytes of the calls in flight. Browsers limit the sum of those with keepalive, and refuse a call that exceeds it. */
let inFlight = 0;

/** Sends by `fetch` with keepalive. The body is plain text, so that no preflight costs a round trip. Never rejects. */
export async function post(url: string, body: string): Promise<Reply> {
  const size = sizeOf(body);
  inFlight += size;
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      credentials: "omit",
      keepalive: inFlight <= KEEPALIVE_BYTES,
      // A browser without `AbortSignal.timeout` uses its own time-out.
      signal: AbortSignal.timeout?.(ANSWER_MS),
    });
    const reply: Reply = await response.json().catch(() => ({}));
    if (response.ok) return reply;
    // Our refusals have a code in small letters. An answer of a proxy, firewall or captive portal has none, so it settles nothing.
    const { status, headers } = response;
    const isFinal =
      status !== 408 && status !== 429 && status >= 400 && status < 500 && /^[a-z_]+$/.test(`${reply.code}`);
    return {
      ...reply,
      code: (isFinal && reply.code) || BUSY,
      retry_after: Number(headers.get("Retry-After")),
    };
  } catch {
    return {};
  } finally {
    inFlight -= size;
  }
}

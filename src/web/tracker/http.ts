import { ANSWER_MS, KEEPALIVE_BYTES } from "./limits";
import { BUSY, type Reply } from "./reply";

/** UTF-8. Not by a `Blob`: that asks the browser process, a millisecond each time. */
export const sizeOf = (text: string): number => new TextEncoder().encode(text).length;

/** Bytes on their way that may outlive the page: browsers refuse what goes over their sum. */
let inFlight = 0;

/** Sends by `fetch`, which outlives the page. Text, so that no preflight costs a round trip. Never rejects. */
export async function post(url: string, body: string): Promise<Reply> {
  const size = sizeOf(body);
  inFlight += size;
  try {
    const response = await fetch(url, {
      ...{ method: "POST", body, credentials: "omit", keepalive: inFlight <= KEEPALIVE_BYTES },
      // Where it is missing, the browser's own patience holds.
      signal: AbortSignal.timeout?.(ANSWER_MS),
    });
    const reply: Reply = await response.json().catch(() => ({}));
    if (response.ok) return reply;
    // What a proxy, a firewall or a captive portal answers settles nothing, as its 200 does: our refusals have a code, in small letters.
    const { status, headers } = response;
    const isFinal = reply.code && /^4(?!08|29)\d\d[a-z_]+$/.test(status + reply.code);
    return { ...reply, code: (isFinal && reply.code) || BUSY, retry_after: Number(headers.get("Retry-After")) };
  } catch {
    return {};
  } finally {
    inFlight -= size;
  }
}

/** False when the browser does not take it: it counts what is under way, too. Whether one arrived is never known. */
export const beacon = (url: string, body: string): boolean => navigator.sendBeacon(url, body);

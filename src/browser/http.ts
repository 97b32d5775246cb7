import { BUSY, type Reply } from "./reply";

/** Sends by `fetch`, which outlives the page. Text, so that no preflight costs a round trip. Never rejects. */
export async function post(url: string, body: string): Promise<Reply> {
  try {
    const response = await fetch(url, { method: "POST", body, keepalive: true, credentials: "omit" });
    const { ok, status, headers } = response;
    const isBusy = status >= 500 || status === 429 || status === 408;
    if (isBusy) return { code: BUSY, retry_after: Number(headers.get("Retry-After")) || 0 };
    // A proxy's page is not JSON: an error of its own is final too, but its 200 settles nothing.
    const reply: Reply = await response.json().catch(() => ({}));
    return ok ? reply : { code: reply.code ?? "refused" };
  } catch {
    return {};
  }
}

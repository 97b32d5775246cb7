import { Webhook } from "standardwebhooks";
import { type Attempt, readRetryAfter } from "../core/leads/schedule";
import { isNamed, type NamedHost, targetFault } from "../core/leads/target";
import { headerOf } from "../protocol/header";
import { cleanText } from "../protocol/text";

/** Bytes of a refusal that are read and kept. */
const WEBHOOK_EXCERPT_BYTES = 512;

export interface WebhookMessage {
  /** `webhook-id`: the same for every attempt, so that a receiver recognises a repeat. */
  id: string;
  /** JSON. Exactly these characters are signed. */
  body: string;
}

export interface Target {
  url: string;
  /** All of them sign, so that a receiver may change from the old to the new one at any time. */
  secrets: readonly string[];
}

export interface SendOptions {
  timeout_ms: number;
  isDevelopment: boolean;
  /** Hosts that the operator allows, also private ones. */
  named?: readonly NamedHost[];
  /** A proxy that checks where the name leads before it sends on. Named hosts are called directly. */
  gate?: string | undefined;
}

/** Headers to and from the gate: the target, and that the name leads inside (`scripts/lib/gate.ts`). */
const TARGET_HEADER = "X-Pulse-Target";
const REFUSED_HEADER = "X-Pulse-Refused";

/** Makes one attempt, signed as Standard Webhooks 1.0.0 says. Never throws: the answer says what went wrong. */
export async function send(target: Target, message: WebhookMessage, options: SendOptions): Promise<Attempt> {
  // Settings are checked when they are saved, but an older version may have saved these.
  const refused: Attempt = { kind: "failed", reason: "target_refused" };
  const { isDevelopment, named = [] } = options;
  if (targetFault(target.url, isDevelopment, named) !== null) return refused;
  const gate = isNamed(new URL(target.url), named) ? undefined : options.gate;
  const controller = new AbortController();
  // Not `AbortSignal.timeout`: it runs on after the answer, and keeps the actor awake.
  const timer = setTimeout(() => controller.abort(), options.timeout_ms);
  const headers = new Headers({
    "Content-Type": "application/json",
    "User-Agent": "PulseGate",
    ...signed(target.secrets, message),
  });
  if (gate !== undefined) headers.set(TARGET_HEADER, target.url);
  try {
    const response = await fetch(gate ?? target.url, {
      method: "POST",
      body: message.body,
      headers,
      redirect: "manual",
      signal: controller.signal,
    });
    if (gate !== undefined && response.headers.has(REFUSED_HEADER)) {
      await discard(response);
      return refused;
    }
    const retry_after_ms = readRetryAfter(headerOf(response.headers, "Retry-After"), Date.now());
    // The status decides. A refusal's first bytes are kept for whoever looks at the dead letter.
    const excerpt = response.ok ? await discard(response) : await firstBytes(response);
    return { kind: "answered", status: response.status, retry_after_ms, excerpt };
  } catch {
    return { kind: "failed", reason: controller.signal.aborted ? "timeout" : "network" };
  } finally {
    clearTimeout(timer);
  }
}

function signed(secrets: readonly string[], { id, body }: WebhookMessage): Record<string, string> {
  const now = new Date();
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, now, body));
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
    "webhook-signature": signatures.join(" "),
  };
}

async function discard(response: Response): Promise<string> {
  await response.body?.cancel().catch(() => {});
  return "";
}

/** The body's first 512 bytes at most; of a body that breaks off, what there is. */
async function firstBytes(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  let text = "";
  let left = WEBHOOK_EXCERPT_BYTES;
  try {
    while (reader && left > 0) {
      const { done, value } = await reader.read();
      if (done) break;
      const part = value.subarray(0, left);
      left -= part.byteLength;
      text += decoder.decode(part, { stream: true });
    }
  } catch {
    // The part that was read is kept; why there is no more does not matter.
  }
  await reader?.cancel().catch(() => {});
  return cleanText(text);
}

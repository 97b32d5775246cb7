import { Webhook } from "standardwebhooks";
import { type Attempt, readRetryAfter } from "../core/leads/schedule";
import { isNamed, type NamedHost, targetFault } from "../core/leads/target";
import { headerOf } from "../protocol/header";
import { cleanText } from "../protocol/text";

/** How much of a refusing receiver's answer is read and kept. */
const WEBHOOK_EXCERPT_BYTES = 512;

export interface Message {
  /** `webhook-id`: the same for every attempt, so that a receiver can tell a repeat. */
  id: string;
  /** JSON; what is signed is these characters. */
  body: string;
}

export interface Target {
  url: string;
  /** Every one signs, so that a receiver may move from the old to the new in its own time. */
  secrets: readonly string[];
}

export interface SendOptions {
  timeout_ms: number;
  isDevelopment: boolean;
  /** Hosts that the operator allows, whatever they are. */
  named?: readonly NamedHost[];
  /** Takes what is sent, looks up where it leads, and sends it on; what is named, and all without one, goes straight. */
  gate?: string | undefined;
}

/** What the gate is told, and what it answers where the name leads inside (`scripts/lib/gate.ts`). */
const TARGET_HEADER = "X-Pulse-Target";
const REFUSED_HEADER = "X-Pulse-Refused";

/** One attempt, signed as Standard Webhooks 1.0.0 says. Never throws: what went wrong is the answer. */
export async function send(target: Target, message: Message, options: SendOptions): Promise<Attempt> {
  // Settings were checked when they were saved; this is for those saved by an older version.
  const refused: Attempt = { kind: "failed", reason: "target_refused" };
  const { isDevelopment, named = [] } = options;
  if (targetFault(target.url, isDevelopment, named) !== null) return refused;
  const gate = isNamed(new URL(target.url), named) ? undefined : options.gate;
  const controller = new AbortController();
  // Not `AbortSignal.timeout`: that one runs on after the answer, and keeps the actor awake.
  const timer = setTimeout(() => controller.abort(), options.timeout_ms);
  try {
    const response = await fetch(gate ?? target.url, {
      method: "POST",
      body: message.body,
      headers: {
        "Content-Type": "application/json",
        "User-Agent": "PulseGate",
        ...signed(target.secrets, message),
        ...(gate !== undefined && { [TARGET_HEADER]: target.url }),
      },
      redirect: "manual",
      signal: controller.signal,
    });
    if (gate !== undefined && response.headers.has(REFUSED_HEADER)) {
      await discard(response);
      return refused;
    }
    const retry_after_ms = readRetryAfter(headerOf(response.headers, "Retry-After"), Date.now());
    // The status decides. Only a refusal's first bytes are read, for whoever looks at the dead letter.
    const excerpt = response.ok ? await discard(response) : await firstBytes(response);
    return { kind: "answered", status: response.status, retry_after_ms, excerpt };
  } catch {
    return { kind: "failed", reason: controller.signal.aborted ? "timeout" : "network" };
  } finally {
    clearTimeout(timer);
  }
}

function signed(secrets: readonly string[], { id, body }: Message): Record<string, string> {
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

/** At most 512 bytes, however long the body says it is, and what there is of one that breaks off. */
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
    // What was read is worth more than why there is no more of it.
  }
  await reader?.cancel().catch(() => {});
  return cleanText(text);
}

import * as z from "zod";
import { MAX_URL_UNITS } from "../limits";

/** How many endpoints a site may have, and how many secrets an endpoint: an old one, a new one, and one to spare. */
export const SITE_MAX_WEBHOOKS = 10;
export const WEBHOOK_MAX_SECRETS = 3;
/** Standard Webhooks allows secrets of 24 to 64 bytes. */
export const WEBHOOK_SECRET_MIN_BYTES = 24;
export const WEBHOOK_SECRET_MAX_BYTES = 64;

/** A site's webhook endpoints, as its settings have them. */

const PREFIX = "whsec_";
/** A secret as it is shown: masked except for its last four characters, which tell it from the others. */
const SHOWN = /^whsec_\*{8}.{4}$/;

function isSecret(text: string): boolean {
  if (!text.startsWith(PREFIX)) return false;
  try {
    const { length } = atob(text.slice(PREFIX.length));
    return length >= WEBHOOK_SECRET_MIN_BYTES && length <= WEBHOOK_SECRET_MAX_BYTES;
  } catch {
    return false;
  }
}

const Secret = z
  .string()
  .max(128)
  .refine((text) => SHOWN.test(text) || isSecret(text), "must be whsec_ and 24 to 64 bytes in base64")
  .meta({ description: "Standard Webhooks secret; shown as whsec_********abcd, and that keeps the one there is" });

export const Webhook = z.strictObject({
  /** Names the endpoint in deliveries. Another name is another endpoint. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "must be 1 to 32 small letters, digits, -"),
  url: z.string().max(MAX_URL_UNITS),
  /** All of them sign. To change a secret: add the new one, move the receiver, drop the old one. */
  secrets: z.array(Secret).min(1).max(WEBHOOK_MAX_SECRETS),
  enabled: z.boolean().default(true),
  /** What is sent to the endpoint. */
  events: z
    .array(z.enum(["lead", "alert"]))
    .min(1)
    .default(["lead", "alert"]),
});
export type Webhook = z.infer<typeof Webhook>;

export const Webhooks = z
  .array(Webhook)
  .max(SITE_MAX_WEBHOOKS)
  .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, "ids must differ")
  .default([]);

const shown = (secret: string): string => `${PREFIX}${"*".repeat(8)}${secret.slice(-4)}`;

/** Endpoints as they may be shown, with their secrets masked. */
export const withoutSecrets = (webhooks: readonly Webhook[]): Webhook[] =>
  webhooks.map((one) => ({ ...one, secrets: one.secrets.map(shown) }));

/**
 * Endpoints as they are saved: a masked secret stands for the stored one. If there is no such secret, `path` says where the masked
 * one is.
 */
export function withSecrets(
  webhooks: readonly Webhook[],
  before: readonly Webhook[],
): { ok: true; webhooks: Webhook[] } | { ok: false; path: string } {
  const known = new Map(before.map(({ id, secrets }) => [id, secrets] as const));
  const complete: Webhook[] = [];
  for (const [i, webhook] of webhooks.entries()) {
    const secrets = webhook.secrets.map((secret) =>
      SHOWN.test(secret) ? known.get(webhook.id)?.find((one) => shown(one) === secret) : secret,
    );
    const missing = secrets.indexOf(undefined);
    if (missing >= 0) return { ok: false, path: `webhooks.${i}.secrets.${missing}` };
    complete.push({ ...webhook, secrets: secrets.filter((secret) => secret !== undefined) });
  }
  return { ok: true, webhooks: complete };
}

import { Webhook } from "standardwebhooks";
import { saidAt } from "../../core/leads/crm-word";
import { leadIdOf } from "../../data/store/lead-list";
import { LEAD_MAX_BODY_BYTES } from "../../limits";
import { errorField } from "../../ops/logger";
import { siteSettings } from "../../ops/site-settings";
import { headerOf } from "../../protocol/header";
import { CallbackInput } from "../../protocol/lead";
import { Problem, unavailable, unwrap } from "../../protocol/problem";
import { parseJson } from "../../protocol/text";
import { parseWith } from "../../protocol/track";
import { decodeText, readBytes } from "../http/body";
import type { Handler } from "../http/context";
import { freshJson } from "../http/json";
import { limitTrack } from "../http/rate";

const unsigned = (): Problem =>
  new Problem("signature_invalid", "Sign the body as Standard Webhooks says, with a secret of the lead's site.");

/** `POST /lead/callback`: what the CRM made of a lead, signed with a secret of one of the site's endpoints. */
export const postCallback: Handler = async ({ request, env, log }) => {
  await limitTrack(env, request);
  const body = decodeText(await readBytes(request, LEAD_MAX_BODY_BYTES));
  const input = unwrap(parseWith(CallbackInput, unwrap(parseJson(body))));
  const { lead_id: named, crm_id = null, status } = input;
  try {
    // The id may be that of a submit, as a page knows it. The submit's actor knows its lead for a day, D1 for good.
    const home = await env.LEAD.getByName(named).home();
    const lead_id = home?.lead_id ?? (await leadIdOf(env.DB, named)) ?? named;
    const lead = env.LEAD.getByName(lead_id);
    const site = home?.site ?? (await lead.siteOf());
    // An unknown lead gets the same answer as a wrong signature, so a stranger learns nothing about which leads exist.
    if (site === null) throw unsigned();
    const secrets = (await siteSettings(env, site)).webhooks.flatMap((webhook) => webhook.secrets);
    const signature = signatureOf(request.headers);
    const at = saidAt(signature["webhook-timestamp"], Date.now());
    if (at === null || !secrets.some((secret) => isSigned(secret, body, signature))) throw unsigned();
    await lead.callback({ crm_id, status, at });
    return freshJson({ lead_id, crm_id, status });
  } catch (error) {
    if (error instanceof Problem) throw error;
    log.warn("callback_failed", { lead_id: named, error: errorField(error) });
    throw unavailable("The lead does not answer; send it again.");
  }
};

type Signature = Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string>;

const signatureOf = (headers: Headers): Signature => ({
  "webhook-id": headerOf(headers, "webhook-id") ?? "",
  "webhook-timestamp": headerOf(headers, "webhook-timestamp") ?? "",
  "webhook-signature": headerOf(headers, "webhook-signature") ?? "",
});

/** The signed time must be within five minutes of now, so that a recorded call cannot be repeated later. */
function isSigned(secret: string, body: string, signature: Signature): boolean {
  try {
    new Webhook(secret).verify(body, signature, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

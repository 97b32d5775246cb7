import { Webhook } from "standardwebhooks";
import { saidAt } from "../../core/leads/crm-word";
import { leadIdOf } from "../../data/store/lead-list";
import { LEAD_MAX_BODY_BYTES } from "../../limits";
import { errorField } from "../../ops/logger";
import { siteSettings } from "../../ops/site-settings";
import { headerOf } from "../../protocol/header";
import { CallbackInput } from "../../protocol/lead";
import { fromRefusal, Problem, unavailable } from "../../protocol/problem";
import { parseJson } from "../../protocol/text";
import { parseWith } from "../../protocol/track";
import { decodeText, readBytes } from "../http/body";
import type { Handler } from "../http/context";
import { limitTrack } from "../http/rate";

const unsigned = (): Problem =>
  new Problem("signature_invalid", "Sign the body as Standard Webhooks says, with a secret of the lead's site.");

/** `POST /lead/callback`: what the CRM made of a lead, signed with a secret of one of the site's endpoints. */
export const postCallback: Handler = async ({ request, env, log }) => {
  await limitTrack(env, request);
  const body = decodeText(await readBytes(request, LEAD_MAX_BODY_BYTES));
  const json = parseJson(body);
  if (!json.ok) throw fromRefusal(json.refusal);
  const parsed = parseWith(CallbackInput, json.value);
  if (!parsed.ok) throw fromRefusal(parsed.refusal);
  const { lead_id: named, crm_id = null, status } = parsed.value;
  try {
    // A page is told the id of its own submit, and may hand that on; its actor forgets in a day whose lead that became.
    const home = await env.LEAD.getByName(named).home();
    const lead_id = home?.lead_id ?? (await leadIdOf(env.DB, named)) ?? named;
    const lead = env.LEAD.getByName(lead_id);
    const site = home?.site ?? (await lead.siteOf());
    // An unknown lead and a wrong signature are one answer: who cannot sign learns nothing of which leads there are.
    if (site === null) throw unsigned();
    const secrets = (await siteSettings(env, site)).webhooks.flatMap((webhook) => webhook.secrets);
    const signature = signatureOf(request.headers);
    const at = saidAt(signature["webhook-timestamp"], Date.now());
    if (at === null || !secrets.some((secret) => isSigned(secret, body, signature))) throw unsigned();
    await lead.callback({ crm_id, status, at });
    return Response.json({ lead_id, crm_id, status }, { headers: { "Cache-Control": "no-store" } });
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

/** Within five minutes of now, before and after, so that what was recorded cannot be said again later. */
function isSigned(secret: string, body: string, signature: Signature): boolean {
  try {
    new Webhook(secret).verify(body, signature, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

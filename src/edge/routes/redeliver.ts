import type { Env } from "../../bindings";
import { type DeliveryAnswer, RedeliverInput } from "../../core/api/leads";
import { findDeliveries, oldestDead } from "../../data/store/lead-list";
import { REDELIVER_MAX } from "../../limits";
import { errorField } from "../../ops/logger";
import { Problem, unavailable, unwrap } from "../../protocol/problem";
import { parseWith } from "../../protocol/track";
import { seesSite } from "../http/auth";
import { readJson } from "../http/body";
import type { KeyedContext } from "../http/context-keyed";
import { freshJson } from "../http/json";
import { keyed } from "../http/keyed";

const answer = (redelivered: readonly string[], unknown: readonly string[]): Response =>
  freshJson({ data: { redelivered, unknown } });

/** Asks the outbox of a delivery to send it again; false if the outbox does not know it. */
function redeliver(env: Env, { lead_id, site, delivery_id }: DeliveryAnswer): Promise<boolean> {
  const outbox = lead_id === null ? env.ALERTS.getByName(site) : env.LEAD.getByName(lead_id);
  return outbox.redeliver(delivery_id);
}

/** `POST /analytics/deliveries/:id/redeliver` */
export const postRedeliver = keyed(async (context) => {
  const [delivery] = await findDeliveries(context.env.DB, [context.params["id"] ?? ""]);
  const isTheirs = delivery && seesSite(context.caller, delivery.site);
  if (!isTheirs || !(await attempt(context, delivery))) {
    throw new Problem("not_found", "There is no such delivery.");
  }
  return answer([delivery.delivery_id], []);
}, "admin");

/** `POST /analytics/deliveries/redeliver`: those named, or a site's oldest dead letters. */
export const postRedeliverMany = keyed(async (context) => {
  const { request, env, caller } = context;
  const input = unwrap(parseWith(RedeliverInput, await readJson(request)));
  const found =
    "ids" in input
      ? await findDeliveries(env.DB, [...new Set(input.ids)])
      : await oldestDead(env.DB, input.site, input.endpoint, REDELIVER_MAX);
  const theirs = found.filter(({ site }) => seesSite(caller, site));
  const done: string[] = [];
  for (const delivery of theirs) if (await attempt(context, delivery)) done.push(delivery.delivery_id);
  const asked = "ids" in input ? input.ids : theirs.map(({ delivery_id }) => delivery_id);
  return answer(
    done,
    asked.filter((id) => !done.includes(id)),
  );
}, "admin");

async function attempt({ env, log }: KeyedContext, delivery: DeliveryAnswer): Promise<boolean> {
  try {
    return await redeliver(env, delivery);
  } catch (error) {
    log.warn("redeliver_failed", { delivery_id: delivery.delivery_id, error: errorField(error) });
    throw unavailable("The delivery's outbox does not answer.");
  }
}

import { isProvable } from "../../src/core/session/calls/visitor-id";
import { claimedKeys, leadsByKeys, leadsOf, leadsOfSubmits } from "../../src/data/store/erasures";
import { ERASURE_STEP_LEADS } from "../../src/limits";
import { eraseLead } from "../../src/ops/erase-lead";
import { foundFromGuests } from "../../src/ops/found-lead";
import type { WorkBudget } from "../../src/ops/work-budget";
import { addTo, type ErasureJob } from "./job";

/** Erases all leads that can be found, until there are none. False if one alarm's time or calls are used up. */
export async function eraseLeads(job: ErasureJob): Promise<boolean> {
  const { order } = job;
  const budget = job.leadBudget();
  const tried = new Set<string>();
  for (;;) {
    addTo(order.lead_ids, await findLeads(job));
    // Save the list before any lead is erased, because afterwards nothing leads to them.
    job.save();
    const next = order.lead_ids.filter((id) => !tried.has(id));
    for (const lead_id of next) {
      tried.add(lead_id);
      if (!(await eraseOne(job, lead_id, budget))) return false;
    }
    if (next.length > 0) continue;
    // A lead that is listed again was written by something that was on its way, or may still be.
    if (order.lead_ids.length > 0) job.lookAgainOnce();
    return true;
  }
}

function findLeads({ env, order }: ErasureJob): Promise<string[]> {
  const { subject, sites, lead_ids } = order;
  switch (subject.kind) {
    case "visitor":
      return leadsOf(env.DB, subject.visitor_id, sites, []);
    case "person":
      return leadsByKeys(env.DB, subject.keys, sites, ERASURE_STEP_LEADS);
    case "lead":
      // A submit whose claim was under way may have become part of another lead.
      return leadsOfSubmits(env.DB, [subject.lead_id, ...lead_ids]);
  }
}

async function eraseOne(job: ErasureJob, lead_id: string, budget: WorkBudget): Promise<boolean> {
  const { env, order } = job;
  const { d1, actors } = job.receipt.counts;
  if (order.subject.kind === "visitor") await foundFromGuests(env, lead_id);
  const erased = await eraseLead(env, lead_id, { keepConversion: false, take: () => budget.take(1) });
  d1.leads += erased.leads;
  d1.deliveries += erased.deliveries;
  actors.leads += erased.actors;
  if (erased.isDone) order.lead_ids = order.lead_ids.filter((id) => id !== lead_id);
  addTo(order.lead_ids, erased.again);
  if (erased.again.length > 0) job.lookAgainOnce();
  job.save();
  return erased.isDone;
}

/** Unlinks leads that only claim to be the visitor's. False if one alarm's time or calls are used up. */
export async function unlinkLeads(job: ErasureJob): Promise<boolean> {
  const { env, order } = job;
  const { subject, sites, claims } = order;
  if (subject.kind !== "visitor" || !isProvable(subject.visitor_id)) return true;
  const keys = await claimedKeys(subject.visitor_id);
  const budget = job.leadBudget();
  for (;;) {
    addTo(claims, await leadsByKeys(env.DB, keys, sites, ERASURE_STEP_LEADS));
    const [lead_id] = claims;
    if (lead_id === undefined) return true;
    if (!budget.take(2)) return false;
    const actor = env.LEAD.getByName(lead_id);
    // Count it before it is unlinked: if this process dies in between, nothing says afterwards that the lead has claimed the
    // visitor.
    if (await actor.isClaiming(lead_id, keys)) job.countUnlinked("lead", lead_id);
    job.save();
    const { is_unlinked, again } = await actor.unclaim(lead_id, keys);
    // Its claim may have landed between the two calls.
    if (is_unlinked) job.countUnlinked("lead", lead_id);
    claims.shift();
    // If a claim lands late, its submit is found by it.
    if (again) job.lookAgainOnce();
    job.save();
  }
}

import type { Env } from "../bindings";
import { submissionsOf } from "../data/store/erasures";
import { ERASURE_STEP_SUBMITS } from "../limits";

/** What was erased of a lead, so far. */
export interface LeadErasure {
  leads: number;
  deliveries: number;
  /** Actors whose own storage was erased. */
  actors: number;
  /** Submits with a write that may still be on its way: erase them once more later. */
  again: string[];
  /** False if the budget ran out. What is left is found again. */
  isDone: boolean;
}

/**
 * Erases a lead: first the submits that merged into it, each by its own actor, then the lead itself, by which they are found. It
 * may stop anywhere: the next try goes on from what is left. `take` is asked before each actor.
 */
export async function eraseLead(
  env: Pick<Env, "DB" | "LEAD">,
  lead_id: string,
  { keepConversion, take }: { keepConversion: boolean; take: () => boolean },
): Promise<LeadErasure> {
  const erasure: LeadErasure = { leads: 0, deliveries: 0, actors: 0, again: [], isDone: true };
  const erase = async (id: string): Promise<void> => {
    const erased = await env.LEAD.getByName(id).erase(id, keepConversion);
    erasure.leads += erased.leads;
    erasure.deliveries += erased.deliveries;
    erasure.actors += erased.known ? 1 : 0;
    if (erased.again) erasure.again.push(id);
  };
  for (;;) {
    for (;;) {
      const submits = await submissionsOf(env.DB, lead_id, ERASURE_STEP_SUBMITS);
      if (submits.length === 0) break;
      for (const id of submits) {
        if (!take()) return { ...erasure, isDone: false };
        await erase(id);
      }
    }
    if (!take()) return { ...erasure, isDone: false };
    await erase(lead_id);
    // A submit may have merged into the lead while it was still there.
    if ((await submissionsOf(env.DB, lead_id, 1)).length === 0) return erasure;
  }
}

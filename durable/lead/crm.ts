import { type CrmWord, placeAfter } from "../../src/core/leads/crm-word";
import type { LeadState } from "../../src/data/store/lead";
import { writeCrmWord } from "../../src/data/store/leads";
import { OUTSIDE_TIMEOUT_MS } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import type { LeadHost } from "./host";

/** Keeps what the CRM says about the lead. False if a newer word is known. */
export function noteCrmWord({ store }: LeadHost, state: LeadState, word: CrmWord): boolean {
  const at = placeAfter(state.crm?.at ?? null, word.at, Date.now());
  if (at === null) return false;
  const crm_id = word.crm_id ?? state.crm?.crm_id ?? null;
  store.write({ ...state, crm: { ...word, at, crm_id, unprojected: true } });
  return true;
}

/** Tells D1 the CRM's word, if it does not have it. */
export async function tellCrmWord({ store, env }: LeadHost): Promise<void> {
  const { crm: word, lead_id } = store.read() ?? {};
  if (!word?.unprojected || lead_id === undefined) return;
  await inTime(writeCrmWord(env.DB, lead_id, word), OUTSIDE_TIMEOUT_MS);
  const state = store.read();
  if (state?.crm?.at === word.at && state.crm.status === word.status) {
    store.write({ ...state, crm: { ...state.crm, unprojected: false } });
  }
}

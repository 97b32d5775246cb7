import { CLOCK_SKEW_MS } from "../../limits";

/** What the CRM said last of a lead, by the time it said it. */
export interface CrmWord {
  crm_id: string | null;
  status: string;
  /** Epoch ms: the second that the signature names, and which word of that second it is. */
  at: number;
}

const SECOND = 1_000;
/** A signature's time as the standard writes it: whole seconds, and nothing else that some parser makes a number of. */
const SECONDS = /^\d{1,12}$/;

/**
 * When a word was said, as a whole second, epoch ms; null where the header names none. Never later than it was heard: a
 * clock that runs ahead, or a time that was made up, must not outlast what is said afterwards.
 */
export function saidAt(header: string, now: number): number | null {
  if (!SECONDS.test(header)) return null;
  return Math.min(Number(header) * SECOND, Math.floor(now / SECOND) * SECOND);
}

const secondOf = (at: number): number => Math.floor(at / SECOND);

/**
 * The place of a word behind the one that is known; null for an older one. Signatures know seconds: of two words within
 * one the later to arrive holds, and gets a later time, so that a write of the first that lands late changes nothing.
 */
export function placeAfter(known: number | null, at: number, now: number): number | null {
  // What was kept with a time that has not come yet was said by nobody.
  if (known === null || known > now + CLOCK_SKEW_MS || secondOf(known) < secondOf(at)) return at;
  if (secondOf(known) > secondOf(at)) return null;
  return Math.min(known + 1, at + SECOND - 1);
}

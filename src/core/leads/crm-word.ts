import { CLOCK_SKEW_MS } from "../../limits";

/** What the CRM said last of a lead, and when it said it. */
export interface CrmWord {
  crm_id: string | null;
  status: string;
  /** Epoch ms: the second that the signature names, plus the word's number within that second. */
  at: number;
}

const SECOND = 1_000;
/** A signature's time as the standard writes it: whole seconds, and no other text that some parser takes for a number. */
const SECONDS = /^\d{1,12}$/;

/**
 * When a word was said, as a whole second, epoch ms; null if the header names no time. Never later than `now`, because a clock that
 * runs ahead, or a time that was made up, must not outlast what is said afterwards.
 */
export function saidAt(header: string, now: number): number | null {
  if (!SECONDS.test(header)) return null;
  return Math.min(Number(header) * SECOND, Math.floor(now / SECOND) * SECOND);
}

const secondOf = (at: number): number => Math.floor(at / SECOND);

/**
 * The time under which a new word is kept, epoch ms; null if a newer word is known. Signatures have whole seconds only: of two
 * words in one second, the one that arrives later holds. It gets a later time, so that a late write of the first one changes
 * nothing.
 */
export function placeAfter(known: number | null, at: number, now: number): number | null {
  // Nobody can have said a known word whose time has not come yet, so it does not count.
  if (known === null || known > now + CLOCK_SKEW_MS || secondOf(known) < secondOf(at)) return at;
  if (secondOf(known) > secondOf(at)) return null;
  return Math.min(known + 1, at + SECOND - 1);
}

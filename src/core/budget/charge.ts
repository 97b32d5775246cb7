import { CHARGE_CALL_BYTES, CHARGE_CONSENT_BYTES, CHARGE_EVENT_BYTES, CHARGE_OBJECT_BYTES } from "../../limits";

/** The fields of a journal entry that decide its charge. */
interface Charged {
  kind: string;
  event_type?: string;
}

/** The least that an entry counts, bytes, by its kind: what it costs apart from its text. */
const LEAST: Readonly<Record<string, number>> = {
  event: CHARGE_EVENT_BYTES,
  consent: CHARGE_CONSENT_BYTES,
  identify: CHARGE_OBJECT_BYTES,
};

/** An `identify` event costs an object in R2, where its traits are stored. */
const leastOf = (entry: Charged): number =>
  entry.kind === "event" && entry.event_type === "identify" ? CHARGE_OBJECT_BYTES : (LEAST[entry.kind] ?? 0);

/**
 * What a call counts, bytes: a fixed part, and the length of its journal text (`units`), or what its entries count at least if that
 * is more. A session that the call begins is counted separately.
 */
export function chargeOf(entries: readonly Charged[], units: number): number {
  const least = entries.reduce((sum, entry) => sum + leastOf(entry), 0);
  return CHARGE_CALL_BYTES + Math.max(units, least);
}

/** What a chunk of a recording counts, bytes, given its size in bytes. */
export const chargeOfChunk = (bytes: number): number => CHARGE_CALL_BYTES + Math.max(bytes, CHARGE_OBJECT_BYTES);

import { CHARGE_CALL_BYTES, CHARGE_CONSENT_BYTES, CHARGE_EVENT_BYTES, CHARGE_OBJECT_BYTES } from "../../limits";

/** What of a journal entry decides its charge. */
interface Charged {
  kind: string;
  event_type?: string;
}

/** What an entry counts at least, bytes: what it costs beside its text. */
const LEAST: Readonly<Record<string, number>> = {
  event: CHARGE_EVENT_BYTES,
  consent: CHARGE_CONSENT_BYTES,
  identify: CHARGE_OBJECT_BYTES,
};

/** Traits are an object in R2. */
const leastOf = (entry: Charged): number =>
  entry.kind === "event" && entry.event_type === "identify" ? CHARGE_OBJECT_BYTES : (LEAST[entry.kind] ?? 0);

/**
 * What a call counts, bytes: what it adds to the journal, whose text is `units` long, and what costs as much as so many bytes.
 * The session itself, where the call begins one, is counted apart.
 */
export function chargeOf(entries: readonly Charged[], units: number): number {
  const least = entries.reduce((sum, entry) => sum + leastOf(entry), 0);
  return CHARGE_CALL_BYTES + Math.max(units, least);
}

/** What a chunk of a recording counts, of so many bytes. */
export const chargeOfChunk = (bytes: number): number => CHARGE_CALL_BYTES + Math.max(bytes, CHARGE_OBJECT_BYTES);

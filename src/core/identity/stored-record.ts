import { FormError, formReader, isList, isNumber, isText, oneOf, readText } from "../stored";
import { fromTuple, toTuple } from "../tuple";
import type { IdentityRecord, SeenSession } from "./record";

/** An identity's record as its shard stores it: JSON, in which each sighting is a list, because a crowd has 400 of them. */

/**
 * The order of a stored sighting's fields. Stored rows depend on it, so a new field goes to the end, with a new version of the
 * record.
 */
const SEEN_V1 = [
  "session_id",
  "ip",
  "asn",
  "country",
  "fingerprint_id",
  "forms",
  "at",
] as const satisfies (keyof SeenSession)[];

type StoredRecord = Omit<IdentityRecord, "seen"> & { seen?: readonly unknown[] };

const readRecord = formReader<StoredRecord>({
  name: "identity record",
  version: 1,
  shape: {
    kind: oneOf("fingerprint", "address"),
    value: isText,
    first_seen_at: isNumber,
    last_seen_at: isNumber,
    sessions: isNumber,
    edges: isList,
    changed: isList,
    gone: isList,
  },
});

const seenAsList = (one: SeenSession): unknown[] => toTuple(one, SEEN_V1);

function seenOf(list: unknown): SeenSession {
  if (!Array.isArray(list) || list.length < SEEN_V1.length) throw new FormError("identity record: no sighting");
  return fromTuple(list, SEEN_V1);
}

/** The sightings alone, because a crowd's sightings are stored apart from its record. */
export const seenText = (seen: readonly SeenSession[]): string => JSON.stringify(seen.map(seenAsList));

export function readSeen(text: string): SeenSession[] {
  const lists: unknown = JSON.parse(text);
  if (!Array.isArray(lists)) throw new FormError("identity record: no list of sightings");
  return lists.map(seenOf);
}

/** `isApart`: the sightings are stored apart, and left out here. */
export function recordText({ seen, ...rest }: IdentityRecord, isApart: boolean): string {
  return JSON.stringify(isApart ? rest : { ...rest, seen: seen.map(seenAsList) });
}

/** `apart` reads the sightings if they are stored apart. Throws a `FormError` for another version or shape. */
export function readRecordText(text: string, apart: () => string | undefined): IdentityRecord & { isApart: boolean } {
  const { seen, ...rest } = readText(readRecord, text);
  return { ...rest, seen: seen ? seen.map(seenOf) : readSeen(apart() ?? "[]"), isApart: seen === undefined };
}

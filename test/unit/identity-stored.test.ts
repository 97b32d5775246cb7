import { describe, expect, it } from "vitest";
import { type IdentityRecord, newRecord, type SeenSession } from "../../src/core/identity/record";
import { readRecordText, readSeen, recordText, seenText } from "../../src/core/identity/stored-record";
import { T0 } from "../support/log";

const SEEN: SeenSession = {
  session_id: "s-1",
  ip: "203.0.113.0/24",
  asn: 3320,
  country: "DE",
  fingerprint_id: "f-1",
  forms: 2,
  at: 1_700_000_000_000,
};
const SIGHTING = '["s-1","203.0.113.0/24",3320,"DE","f-1",2,1700000000000]';

const record: IdentityRecord = { ...newRecord("fingerprint", "f-1", 1_700_000_000_000), sessions: 1, seen: [SEEN] };
const FIELDS =
  '{"v":1,"kind":"fingerprint","value":"f-1","first_seen_at":1700000000000,"last_seen_at":1700000000000,"sessions":1,' +
  '"edges":[],"row_changed":false,"changed":[],"counter_changed":false,"gone":[],"counter":null';

const none = (): undefined => undefined;

describe("a stored identity", () => {
  it("has these bytes, each sighting as a list", () => {
    expect(recordText(record, false)).toBe(`${FIELDS},"seen":[${SIGHTING}]}`);
    expect(readRecordText(`${FIELDS},"seen":[${SIGHTING}]}`, none)).toEqual({ ...record, isApart: false });
  });

  it("has its sightings apart where they are a crowd", () => {
    expect(recordText(record, true)).toBe(`${FIELDS}}`);
    expect(seenText([SEEN])).toBe(`[${SIGHTING}]`);
    expect(readRecordText(`${FIELDS}}`, () => `[${SIGHTING}]`)).toEqual({ ...record, isApart: true });
    expect(readRecordText(`${FIELDS}}`, none)).toEqual({ ...record, seen: [], isApart: true });
  });

  it.each([
    ["of a newer version", FIELDS.replace('"v":1', '"v":2'), "version 2 is newer"],
    ["without a version", FIELDS.replace('"v":1,', ""), "no version"],
    ["of another kind", FIELDS.replace('"fingerprint"', '"cookie"'), "kind has an unknown shape"],
  ])("%s is refused", (_, fields, why) => {
    expect(() => readRecordText(`${fields}}`, none)).toThrow(why);
  });

  it.each(["{}", '["s-1"]', '[["s-1","203.0.113.0/24"]]'])("is not made of %s", (text) => {
    expect(() => readSeen(text)).toThrow("identity record");
  });

  it("keeps the times it was given", () => {
    expect(readSeen(seenText([{ ...SEEN, at: T0 }]))).toEqual([{ ...SEEN, at: T0 }]);
  });
});

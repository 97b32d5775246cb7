import { describe, expect, it } from "vitest";
import { followRequest, hubName, readFollow } from "../../src/core/roster/socket";
import { newState } from "../../src/core/session/fold/state";
import { type Identity, newHead } from "../../src/core/session/head";
import { newProgress } from "../../src/core/session/progress";
import { UPSERT, valuesOf } from "../../src/data/store/session-row/columns";
import { sessionRow } from "../../src/data/store/session-row/row";

const ID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
const T = 1_795_000_000_000;
const SOMEBODY: Identity = {
  visitor_id: "v",
  fingerprint_id: "f",
  device_id: "d",
  ip: "1.2.3.0",
  asn: 64_500,
  traits: {},
};

/** A row of a session whose identity has had so many versions, of which D1's row holds one. */
function rowOf(identity: Identity | null, version: number, inD1: number | null) {
  const head = { ...newHead(ID, "a", T), identity, identity_version: version };
  const state = { ...newState(0), started_at: T, seq: 9, events: 3 };
  const row = sessionRow(head, state, { ...newProgress(0), identity_in_d1: inD1 });
  const statement = UPSERT[row.sets];
  const set = statement.slice(statement.indexOf("DO UPDATE SET"));
  return { columns: row.columns, sets: { site: /\bsite = /.test(set), visitor: /\bvisitor_id = /.test(set) } };
}

describe("a session's statement", () => {
  // Each indexed column that is named is billed again, whether or not it changes.
  it.each<[string, Identity | null, number, number | null, { site: boolean; visitor: boolean }]>([
    ["the first time sets everything", SOMEBODY, 1, null, { site: true, visitor: true }],
    ["of nobody the first time sets everything", null, 0, null, { site: true, visitor: true }],
    ["of the identity that D1 has leaves it alone", SOMEBODY, 2, 2, { site: false, visitor: false }],
    ["of a newer identity sets that", SOMEBODY, 3, 2, { site: false, visitor: true }],
    ["after a withdrawal takes the identity out", null, 3, 3, { site: false, visitor: true }],
    ["of nobody says so again, whatever D1 has", null, 0, 0, { site: false, visitor: true }],
  ])("%s", (_, identity, version, inD1, sets) => {
    expect(rowOf(identity, version, inD1).sets).toEqual(sets);
  });

  it("changes nothing that is newer", () => {
    for (const statement of Object.values(UPSERT)) {
      expect(statement).toContain("WHERE excluded.last_seq > sessions.last_seq");
    }
  });

  it("has a parameter for each of its columns, in their order", () => {
    const { columns } = rowOf(SOMEBODY, 1, null);
    const values = valuesOf(columns);
    expect(values).toHaveLength(18);
    expect(values.slice(0, 5)).toEqual([ID, "a", "v", "f", T]);
    expect(values.slice(7, 9)).toEqual(["1.2.3.0", 64_500]);
    expect(values.slice(-3)).toEqual([3, 9, columns.detail]);
    expect(rowOf(null, 1, 1).columns).toMatchObject({ visitor_id: null, fingerprint_id: null });
  });
});

describe("who follows a site", () => {
  it("is told to the hub as the Worker has it", () => {
    const context = {
      site: "a",
      bots: "exclude" as const,
      ticket: { nonce: "n", expires_at: T },
      key_id: "root",
      protocol: "p",
    };
    const request = followRequest(context);
    expect(request.headers.get("upgrade")).toBe("websocket");
    expect(readFollow(request)).toEqual(context);
    expect(readFollow(new Request("https://realtime/"))).toEqual({});
  });

  it("asks the hub of that site, or the one of all", () => {
    expect(hubName("a", "exclude")).toBe("a");
    expect(hubName(null, "exclude")).toBe("*");
  });

  it("asks another hub for another side of bots", () => {
    expect(hubName("a", "include")).toBe("a include");
    expect(hubName(null, "only")).toBe("* only");
  });
});

import { describe, expect, it } from "vitest";
import { type GraphPlace, graphOf, mergePlaces, type Neighbour } from "../../src/core/identity/graph";
import { identityName } from "../../src/core/identity/name";
import { IDENTITY_GRAPH_NODES } from "../../src/limits";

const place = (more: Partial<GraphPlace> = {}): GraphPlace => ({
  ip: "203.0.113.0/24",
  asn: 3320,
  country: "DE",
  sessions: 2,
  first_seen_at: 100,
  last_seen_at: 200,
  ...more,
});

const neighbour = (more: Partial<Neighbour> = {}): Neighbour => ({
  ip: "203.0.113.0/24",
  fingerprint_id: "f-2",
  sessions: 3,
  first_seen_at: 50,
  last_seen_at: 150,
  ...more,
});

const idsOf = (graph: ReturnType<typeof graphOf>) => graph.nodes.map(({ id }) => id);
const edgesOf = (graph: ReturnType<typeof graphOf>) =>
  graph.edges.map(({ from, to, sessions }) => `${from} > ${to}: ${sessions}`);

/** Places that make `count` nodes: one country, and an address for each. */
const addresses = (count: number) =>
  Array.from({ length: count - 2 }, (_, i) => place({ ip: `a${i}`, asn: null, sessions: 1 }));

describe("a fingerprint's graph", () => {
  it("leads from the fingerprint over the address and its network to the country", () => {
    const graph = graphOf("f-1", [place()], []);
    const seen = { sessions: 2, first_seen: 100, last_seen: 200 };
    expect(graph).toEqual({
      nodes: [
        { id: "fingerprint:f-1", kind: "fingerprint", label: "f-1", ...seen },
        { id: "address:203.0.113.0/24", kind: "address", label: "203.0.113.0/24", ...seen },
        { id: "asn:AS3320", kind: "asn", label: "AS3320", ...seen },
        { id: "country:DE", kind: "country", label: "DE", ...seen },
      ],
      edges: [
        { from: "fingerprint:f-1", to: "address:203.0.113.0/24", sessions: 2 },
        { from: "address:203.0.113.0/24", to: "asn:AS3320", sessions: 2 },
        { from: "asn:AS3320", to: "country:DE", sessions: 2 },
      ],
      capped: false,
    });
  });

  it.each<[string, Partial<GraphPlace>, string[]]>([
    ["the address", { ip: null }, ["fingerprint:f-1 > asn:AS3320: 2", "asn:AS3320 > country:DE: 2"]],
    [
      "the network",
      { asn: null },
      ["fingerprint:f-1 > address:203.0.113.0/24: 2", "address:203.0.113.0/24 > country:DE: 2"],
    ],
    [
      "the country",
      { country: null },
      ["fingerprint:f-1 > address:203.0.113.0/24: 2", "address:203.0.113.0/24 > asn:AS3320: 2"],
    ],
    ["any of them", { ip: null, asn: null, country: null }, []],
  ])("goes past what is not known: %s", (_, unknown, edges) => {
    expect(edgesOf(graphOf("f-1", [place(unknown)], []))).toEqual(edges);
  });

  it("adds up what places share, from the first time to the last", () => {
    const earlier = place({ ip: "192.0.2.0/24", sessions: 5, first_seen_at: 10, last_seen_at: 20 });
    const graph = graphOf("f-1", [place(), earlier], []);
    expect(graph.nodes.find(({ id }) => id === "asn:AS3320")).toMatchObject({
      sessions: 7,
      first_seen: 10,
      last_seen: 200,
    });
    expect(graph.nodes.find(({ id }) => id === "address:192.0.2.0/24")).toMatchObject({ sessions: 5, last_seen: 20 });
    expect(edgesOf(graph)).toContain("asn:AS3320 > country:DE: 7");
    const later = place({ sessions: 1, first_seen_at: 300, last_seen_at: 400 });
    expect(graphOf("f-1", [place(), later], []).nodes[0]).toMatchObject({ first_seen: 100, last_seen: 400 });
  });

  it("is empty where nothing is known", () => {
    expect(graphOf("f-1", [], [neighbour()])).toEqual({ nodes: [], edges: [], capped: false });
  });
});

describe("a neighbour", () => {
  it("leads to the address it shares, and is one however many it shares", () => {
    const places = [place(), place({ ip: "192.0.2.0/24" })];
    const graph = graphOf("f-1", places, [
      neighbour(),
      neighbour({ ip: "192.0.2.0/24", sessions: 4, last_seen_at: 900 }),
    ]);
    expect(graph.nodes.find(({ id }) => id === "fingerprint:f-2")).toEqual({
      id: "fingerprint:f-2",
      kind: "fingerprint",
      label: "f-2",
      sessions: 7,
      first_seen: 50,
      last_seen: 900,
    });
    expect(edgesOf(graph)).toContain("fingerprint:f-2 > address:203.0.113.0/24: 3");
    expect(edgesOf(graph)).toContain("fingerprint:f-2 > address:192.0.2.0/24: 4");
  });

  it("of an address that is not there is none", () => {
    expect(idsOf(graphOf("f-1", [place()], [neighbour({ ip: "198.51.100.0/24" })]))).not.toContain("fingerprint:f-2");
  });
});

describe("a graph that is full", () => {
  it("may be so to the last node, and leaves a place out whole that does not fit", () => {
    const full = graphOf("f-1", addresses(IDENTITY_GRAPH_NODES), []);
    expect([full.nodes.length, full.capped]).toEqual([IDENTITY_GRAPH_NODES, false]);
    // One node would fit, and a way of two new ones does not.
    const places = [...addresses(IDENTITY_GRAPH_NODES - 1), place({ ip: "x", asn: 1 }), place({ ip: "y", asn: null })];
    const graph = graphOf("f-1", places, []);
    expect([graph.nodes.length, graph.capped]).toEqual([IDENTITY_GRAPH_NODES, true]);
    expect(idsOf(graph)).toContain("address:y");
    expect(idsOf(graph)).not.toContain("address:x");
    expect(idsOf(graph)).not.toContain("asn:AS1");
  });

  it("takes more of what it has: places and neighbours", () => {
    const known = place({ ip: "a0", asn: null, sessions: 9 });
    const graph = graphOf("f-1", [...addresses(IDENTITY_GRAPH_NODES), known], []);
    expect(graph.capped).toBe(false);
    expect(graph.nodes.find(({ id }) => id === "address:a0")?.sessions).toBe(10);

    const twice = [neighbour({ ip: "a0" }), neighbour({ ip: "a1" })];
    const last = graphOf("f-1", addresses(IDENTITY_GRAPH_NODES - 1), twice);
    expect([last.nodes.length, last.capped]).toEqual([IDENTITY_GRAPH_NODES, false]);
    expect(last.nodes.at(-1)).toMatchObject({ id: "fingerprint:f-2", sessions: 6 });
  });

  it("has no room for a neighbour, and says so", () => {
    const graph = graphOf("f-1", addresses(IDENTITY_GRAPH_NODES), [neighbour({ ip: "a0" })]);
    expect([graph.nodes.length, graph.capped]).toEqual([IDENTITY_GRAPH_NODES, true]);
    expect(edgesOf(graph).filter((edge) => edge.startsWith("fingerprint:f-2"))).toEqual([]);
  });
});

describe("places of sessions and of the actor", () => {
  it("are one line each, with the sessions' count and the widest times", () => {
    const ofSessions = [place({ sessions: 4 })];
    const earlier = place({ sessions: 0, first_seen_at: 1, last_seen_at: 150 });
    expect(mergePlaces(ofSessions, [earlier])).toEqual([place({ sessions: 4, first_seen_at: 1 })]);
    const later = place({ sessions: 0, first_seen_at: 150, last_seen_at: 999 });
    expect(mergePlaces(ofSessions, [later])).toEqual([place({ sessions: 4, last_seen_at: 999 })]);
    // What was given is as it was.
    expect(ofSessions).toEqual([place({ sessions: 4 })]);
  });

  it.each([{ ip: "x" }, { ip: null }, { asn: 1 }, { asn: null }, { country: "FR" }, { country: null }])(
    "are two where they differ: %j",
    (other) => {
      expect(mergePlaces([place()], [place({ ...other, sessions: 0 })])).toEqual([
        place(),
        place({ ...other, sessions: 0 }),
      ]);
    },
  );

  it("are ordered by their sessions, and by their last time among equals", () => {
    const given = [
      place({ ip: "few", sessions: 1, last_seen_at: 900 }),
      place({ ip: "old", sessions: 5, last_seen_at: 300 }),
      place({ ip: "new", sessions: 5, last_seen_at: 400 }),
    ];
    const actors = [place({ ip: "actor's", sessions: 0, last_seen_at: 999 })];
    expect(mergePlaces(given, actors).map(({ ip }) => ip)).toEqual(["new", "old", "few", "actor's"]);
  });
});

it("an identity's name says its kind, so that none is another's", () => {
  expect(identityName("fingerprint", "x")).toBe("fingerprint:x");
  expect(identityName("address", "x")).toBe("address:x");
});

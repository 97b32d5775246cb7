import { describe, expect, it } from "vitest";
import type { Graph } from "../../src/web/dashboard/api/identity-types";
import type { SessionRow, SiteSettings } from "../../src/web/dashboard/api/types";
import { layOut } from "../../src/web/dashboard/graph/layout";
import { incomplete, lossesOf } from "../../src/web/dashboard/quality/sums";
import { draftOf, faultsOf, readDraft } from "../../src/web/dashboard/settings/draft";

const row = (completeness: object): SessionRow =>
  ({ late: 1, quarantined: 0, shed: 3, completeness }) as Partial<SessionRow> as SessionRow;

describe("data quality", () => {
  it("adds up what was lost, and names the sessions that lack most", () => {
    const whole = row({ received: 10, expected: 10, missing: 0, rejected: 1, gone: 2 });
    const torn = row({ received: 6, expected: 10, missing: 4, rejected: 0, gone: 0 });
    expect(lossesOf([whole, torn])).toEqual({
      received: 16,
      missing: 4,
      rejected: 1,
      gone: 2,
      late: 2,
      quarantined: 0,
      shed: 6,
    });
    expect(incomplete([whole, torn])).toEqual([torn]);
  });
});

describe("settings as they are edited", () => {
  const settings: SiteSettings = {
    site: "shop",
    allowed_origins: ["https://a.example", "https://b.example"],
    dashboard_origins: [],
    default_consent: "granted",
    ip: "masked",
    webhooks: [],
    something_newer: { on: true },
  };

  it("come back as they were, with what this page does not know", () => {
    const { site: _, ...rest } = settings;
    expect(readDraft(draftOf(settings))).toEqual({ ok: true, settings: rest });
  });

  it("say which of them is no JSON", () => {
    const read = readDraft({ ...draftOf(settings), webhooks: "[" });
    expect(read).toMatchObject({ ok: false, faults: { webhooks: expect.stringContaining("is no JSON") } });
  });

  it("have each of the server's errors at the setting it is about", () => {
    const errors = [
      { path: "allowed_origins.1", message: "must be an origin" },
      { path: "webhooks.0.url", message: "must be https" },
      { path: "", message: "odd" },
    ];
    expect(faultsOf(errors, draftOf(settings))).toEqual({
      faults: { allowed_origins: "1: must be an origin", webhooks: "0.url: must be https" },
      rest: [": odd"],
    });
  });
});

describe("the identity graph", () => {
  const seen = { first_seen: 1, last_seen: 2 };
  const graph: Graph = {
    nodes: [
      { id: "fingerprint:a", kind: "fingerprint", label: "a", sessions: 4, ...seen },
      { id: "address:1", kind: "address", label: "192.0.2.0/24", sessions: 3, ...seen },
      { id: "address:2", kind: "address", label: "198.51.100.0/24", sessions: 1, ...seen },
      { id: "country:DE", kind: "country", label: "DE", sessions: 4, ...seen },
    ],
    edges: [
      { from: "fingerprint:a", to: "address:1", sessions: 3 },
      { from: "fingerprint:a", to: "address:2", sessions: 1 },
      { from: "address:1", to: "nobody", sessions: 1 },
    ],
    capped: false,
  };

  it("is laid out the same each time, kinds from left to right, nodes apart, within its box", () => {
    const { nodes, edges, box } = layOut(graph);
    expect(layOut(graph)).toEqual({ nodes, edges, box, left: 0 });
    expect(edges).toHaveLength(2);
    const x = (id: string): number => nodes.find((node) => node.id === id)?.x ?? Number.NaN;
    expect(x("fingerprint:a")).toBeLessThan(x("address:1"));
    expect(x("address:1")).toBeLessThan(x("country:DE"));
    const [one, two] = nodes.filter(({ kind }) => kind === "address");
    expect(Math.hypot((one?.x ?? 0) - (two?.x ?? 0), (one?.y ?? 0) - (two?.y ?? 0))).toBeGreaterThan(20);
    for (const { x: left, y } of nodes) {
      expect(left).toBeGreaterThan(box.x);
      expect(left).toBeLessThan(box.x + box.width);
      expect(y).toBeGreaterThan(box.y);
      expect(y).toBeLessThan(box.y + box.height);
    }
  });

  it("draws the largest where there are too many, and says how many it left out", () => {
    const many = Array.from({ length: 300 }, (_, i) => ({
      id: `address:${i}`,
      kind: "address" as const,
      label: `${i}`,
      sessions: i,
      ...seen,
    }));
    const { nodes, left } = layOut({ nodes: many, edges: [], capped: true });
    expect(nodes).toHaveLength(250);
    expect(left).toBe(50);
    expect(nodes.some(({ id }) => id === "address:299")).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import type { KnownSession } from "../../src/core/session/calls/intake";
import type { TrackCall } from "../../src/core/session/calls/track-call";
import { unlinked } from "../../src/core/session/calls/unlink";
import { MAX_SIGNALS } from "../../src/limits";
import { call, codeOf, kinds, knownAfter, type Options, only, someEvents, startless, T, take } from "../support/calls";
import { HOME } from "../support/log";

/** Who and where a call says its visitor is, and with which consent. */

describe("an identity", () => {
  const nobody = { start: { visitor_id: null } };

  it("is what the start names, or a new visitor", () => {
    expect(take(null, call({ start: { fingerprint_id: "f" } })).head.identity).toEqual({
      visitor_id: "visitor-1",
      fingerprint_id: "f",
      device_id: "d".repeat(32),
      ip: "203.0.113.0/24",
      asn: 64500,
      traits: {},
    });
    expect(take(null, call(nobody)).head.identity?.visitor_id).toBe("minted");
  });

  it("is not made up for a call that is no start", () => {
    const known = knownAfter(call({ gpc: true }));
    expect(known.head.identity).toBeNull();
    const granted = take({ ...known, state: { ...known.state, consent: "granted" } }, startless());
    expect(granted.head.identity).toMatchObject({ visitor_id: null, fingerprint_id: null, device_id: null });
  });

  it("keeps what it knows, and an entry says which kind of thing was learnt", () => {
    const known = knownAfter(call(nobody));
    const again = call({ start: { visitor_id: "other", fingerprint_id: "f" }, ip: "198.51.100.0/24" });
    const taken = take(known, { ...again, device_id: "e" });
    expect(taken.head.identity).toMatchObject({ visitor_id: "minted", fingerprint_id: "f", device_id: "d".repeat(32) });
    expect(only(taken, "identify")).toMatchObject({ at: T, learnt: ["fingerprint_id", "ip"] });
    expect(only(take(known, call()), "identify")).toBeUndefined();
  });

  describe("proven by a secret", () => {
    const [own, other] = ["3c331bfc-87e5-8983-838c-0d50e30a5b84", "5ccda08d-2aa5-872f-8832-0d346e2e6da3"];
    const named = (visitor_id: string | null, proven_visitor?: string) =>
      call({ start: { visitor_id } }, proven_visitor === undefined ? {} : { proven_visitor });

    it.each([
      ["of the id that the start names", named(own, own), true],
      ["of another id", named("v-42", own), undefined],
      ["that was not shown", named(own), undefined],
    ])("%s", (_, one, visitor_proven) => {
      expect(take(null, one).head.identity?.visitor_proven).toBe(visitor_proven);
    });

    it("in a later start is learnt, and told without naming anybody", () => {
      const taken = take(knownAfter(named(own)), named(own, own));
      expect(taken.head.identity).toMatchObject({ visitor_id: own, visitor_proven: true });
      expect(only(taken, "identify")).toMatchObject({ learnt: ["visitor_proven"] });
      expect(take(knownAfter(named(own)), named(other, other)).head.identity).toMatchObject({ visitor_id: own });
      expect(take(knownAfter(named(own)), named(other, other)).head.identity).not.toHaveProperty("visitor_proven");
    });

    it("stays so, and the same visitor, whatever a later start says", () => {
      const known = knownAfter(named(own, own));
      for (const later of [named(null), named(own), named(other), named(other, other), startless()]) {
        const taken = take(known, later);
        expect(taken.head).toBe(known.head);
        expect(taken.entries).toEqual([]);
      }
    });

    it("is forgotten with a withdrawal", () => {
      const known = knownAfter(named(own, own), call({ start: { consent: "denied" } }));
      const again = call({ start: { visitor_id: other, consent: "granted" } });
      const { identity } = take(known, again).head;
      expect(identity).toMatchObject({ visitor_id: other });
      expect(identity).not.toHaveProperty("visitor_proven");
    });
  });

  describe("that an erasure has taken from a session", () => {
    const [own, other] = ["3c331bfc-87e5-8983-838c-0d50e30a5b84", "5ccda08d-2aa5-872f-8832-0d346e2e6da3"];
    const claiming = knownAfter(call({ start: { visitor_id: own } }));
    const { head, entries } = unlinked(claiming, own, T);
    const known: KnownSession = { head, state: { ...claiming.state, consent: "denied" } };
    const granted = (visitor_id: string, more: Partial<TrackCall> = {}) =>
      take(known, call({ start: { visitor_id, consent: "granted" } }, more)).head.identity;

    it("names nobody any more, as after a withdrawal", () => {
      expect(head.identity).toBeNull();
      expect(entries[0]).toMatchObject({ kind: "consent", consent: "denied" });
    });

    it.each([
      ["is not claimed again", own, {}, "minted"],
      ["nor is another who can prove it", other, {}, "minted"],
      ["nor with the secret of another", other, { proven_visitor: own }, "minted"],
      ["may show with a later consent that it is them", own, { proven_visitor: own }, own],
      ["may be somebody whom nobody can prove to be", "v-42", {}, "v-42"],
    ])("%s", (_, visitor_id, more, named) => {
      expect(granted(visitor_id, more)?.visitor_id).toBe(named);
    });

    it("changes nothing the second time, and nobody whom it names since", () => {
      expect(unlinked(known, own, T + 1)).toEqual({
        head,
        state: known.state,
        entries: [],
        ended: false,
        withdrawn: false,
      });
      const since = unlinked(claiming, other, T);
      expect(since).toMatchObject({ head: { ...claiming.head, unlinked: true }, entries: [], withdrawn: false });
    });
  });

  it("keeps the address of before in a call from nowhere", () => {
    const from = call({ ip: null });
    const taken = take(knownAfter(call()), { ...from, network: { ...from.network, asn: null } });
    expect(taken.head.identity).toMatchObject({ ip: "203.0.113.0/24", asn: 64500 });
    expect(taken.entries).toEqual([]);
    expect(take(null, { ...from, network: { ...from.network, asn: null } }).head.identity).toMatchObject({
      ip: null,
      asn: null,
    });
  });

  it("has the traits that events bring, with consent only", () => {
    const events = [{ event_type: "identify", data: { plan: "pro" } }];
    expect(take(null, call({ events })).head.identity?.traits).toEqual({ plan: "pro" });
    expect(take(null, call({ events, gpc: true })).head.identity).toBeNull();
    expect(take(knownAfter(call({ events })), call({ events: someEvents(2) })).head.identity?.traits).toEqual({
      plan: "pro",
    });
  });
});

describe("consent", () => {
  it.each<[string, Options, Partial<TrackCall>, string]>([
    ["the site's where the page says nothing", {}, { default_consent: "denied" }, "denied"],
    ["the page's where it says something", { start: { consent: "granted" } }, { default_consent: "denied" }, "granted"],
    [
      "denied with Global Privacy Control, whatever the page says",
      { start: { consent: "granted" }, gpc: true },
      {},
      "denied",
    ],
  ])("is %s", (_, options, more, consent) => {
    const taken = take(null, call(options, more));
    expect([taken.reply.consent, taken.entries[0]]).toMatchObject([consent, { kind: "start", consent }]);
  });

  it("stays what it was in a call that says nothing of it", () => {
    const known = knownAfter(call({ start: { consent: "denied" } }));
    expect(take(known, startless()).reply.consent).toBe("denied");
    expect(take(known, startless()).entries).toEqual([]);
  });

  it("that is pending stores nothing, and lets events wait on the page", () => {
    const pending: Options = { start: { consent: "pending" } };
    expect(codeOf(null, call({ ...pending, events: someEvents(1) }))).toBe("consent_pending");
    const taken = take(null, call({ ...pending, end: true }));
    expect([taken.entries, taken.ended, taken.reply.consent]).toEqual([[], false, "pending"]);
    expect(taken.head.identity).toBeNull();
  });

  it("that is withdrawn forgets who it was, in the session's own names too", () => {
    const taken = take(knownAfter(call()), call({ start: { consent: "denied" } }));
    expect(kinds(taken)).toEqual(["consent", "network"]);
    expect(taken.withdrawn).toBe(true);
    expect(taken.head).toMatchObject({ identity: null, addresses: [], networks: [] });
    expect(only(taken, "network")?.network).toMatchObject({ address: null, network: null, country: "DE" });
  });

  it("that becomes pending forgets nothing yet", () => {
    const taken = take(knownAfter(call()), call({ start: { consent: "pending" } }));
    expect(taken.withdrawn).toBe(false);
    expect(taken.head.identity).not.toBeNull();
    expect(only(taken, "consent")).toMatchObject({ consent: "pending", at: T });
  });

  it("that is given later names the visitor from then on", () => {
    const taken = take(knownAfter(call({ start: { consent: "denied" } })), call({ start: { consent: "granted" } }));
    expect(kinds(taken)).toEqual(["consent", "identify", "network"]);
    expect(taken.withdrawn).toBe(false);
    expect(only(taken, "network")?.network).toMatchObject({ address: "a1", network: "n1" });
  });

  it("keeps a provider's name to those who gave it: it would say which network it is", () => {
    const network = { ...call().network, provider: "Mullvad" };
    expect(take(null, call({}, { network })).entries[0]).toMatchObject({ network: { provider: "Mullvad" } });
    expect(take(null, call({ gpc: true }, { network })).entries[0]).toMatchObject({ network: { provider: null } });
  });
});

describe("what was missing", () => {
  const device_info = { timezone: "America/New_York", user_agent: "curl/8.0" };

  it("is added by a later start, and nothing is taken back", () => {
    const start = { device_info, screen: { width: 1 }, signals: { touch: 0 } };
    const taken = take(knownAfter(call()), call({ start }));
    expect(kinds(taken)).toEqual(["network", "detail"]);
    expect(only(taken, "detail")).toMatchObject({
      device: device_info,
      screen: { width: 1 },
      signals: { touch: 0 },
      at: T,
    });
    expect(only(taken, "detail")?.agent?.bot).toMatch(/curl/i);
    // The browser's time zone has just become known.
    expect(only(taken, "network")?.network.timezone_gap).toBe(360);
    const other = { device_info: { timezone: "UTC" }, screen: { width: 2 }, signals: { touch: 5 } };
    expect(take(knownAfter(call({ start })), call({ start: other })).entries).toEqual([]);
  });

  it.each<[string, NonNullable<Options["start"]>, object]>([
    ["a device", { device_info: { platform: "x" } }, { device: { platform: "x" }, screen: null, signals: null }],
    ["a screen", { screen: { width: 1 } }, { device: null, screen: { width: 1 }, signals: null, agent: null }],
    ["signals", { signals: { touch: 0 } }, { device: null, screen: null, signals: { touch: 0 } }],
  ])("may be %s alone", (_, start, detail) => {
    const taken = take(knownAfter(call()), call({ start }));
    expect(kinds(taken)).toEqual(["detail"]);
    expect(only(taken, "detail")).toMatchObject(detail);
  });

  it("may be single signals, as many as there is room for", () => {
    const many = (n: number, letter: string) =>
      Object.fromEntries(Array.from({ length: n }, (_, i) => [`${letter}${i}`, i]));
    const known = knownAfter(call({ start: { signals: many(MAX_SIGNALS - 1, "a") } }));
    const more = { a0: 9, ...many(2, "b") };
    expect(only(take(known, call({ start: { signals: more } })), "detail")?.signals).toEqual({ b0: 0 });
    const full = knownAfter(call({ start: { signals: many(MAX_SIGNALS, "a") } }));
    expect(take(full, call({ start: { signals: more } })).entries).toEqual([]);
    expect(take(known, call({ start: { signals: { a0: 9 } } })).entries).toEqual([]);
  });
});

describe("a network", () => {
  const there = (more: Partial<TrackCall["network"]>) => call({}, { network: { ...call().network, ...more } });

  it.each<[string, Partial<TrackCall["network"]>, object | null]>([
    ["the same", {}, null],
    ["another address", { ip: "198.51.100.0/24" }, { address: "a2", network: "n1" }],
    ["another system", { asn: 64501 }, { address: "a1", network: "n2" }],
    ["another country", { country: "FR" }, { address: "a1", network: "n1", country: "FR" }],
    ["nowhere", { ip: null, asn: null }, null],
    ["another data centre", { colo: "TXL" }, null],
  ])("that is %s", (_, more, change) => {
    const entry = only(take(knownAfter(call()), there(more)), "network");
    if (change === null) expect(entry).toBeUndefined();
    else expect(entry?.network).toMatchObject(change);
  });

  it("has the time zone that the first start named", () => {
    const first = call({ start: { device_info: { timezone: "America/New_York" } } });
    expect(only(take(knownAfter(first), there({ country: "FR" })), "network")?.network.timezone_gap).toBe(360);
  });

  it("without a name for its system, as in logs of before there were rules, has not moved", () => {
    const known = knownAfter(call());
    const { network: _, ...was } = known.state.network ?? HOME;
    const old = { ...known, state: { ...known.state, network: was } };
    const nowhere = there({ asn: null });
    expect(only(take(old, nowhere), "network")).toBeUndefined();
  });
});

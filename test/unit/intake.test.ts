import { describe, expect, it } from "vitest";
import { MAX_SIGNALS } from "../../src/limits";
import type { EventInput } from "../../src/protocol/events";
import type { Entry } from "../../src/session/entry";
import { firstSeq } from "../../src/session/entry";
import { apply } from "../../src/session/fold";
import { type Intake, intake, type Known, sameText, type TrackCall } from "../../src/session/intake";
import { HOME } from "../support/log";

/** What a call on a session comes to, before anything is changed. */

const ID = "11111111-2222-4333-8444-555555555555";
const T = 1_795_000_000_000;

const PAGE = "https://shop.example/pricing";

interface Options {
  start?: false | Partial<NonNullable<TrackCall["start"]>>;
  events?: EventInput[];
  first?: number;
  end?: boolean;
  site?: string;
  gpc?: boolean;
  key_hash?: string | null;
  ip?: string | null;
}

/** A call as the Worker would make it, with a start unless told otherwise. */
function call(options: Options = {}, more: Partial<TrackCall> = {}): TrackCall {
  const { start = {}, events, first = 1, end = false, site = "default", gpc = false, key_hash = null } = options;
  const { ip = "203.0.113.0/24" } = options;
  const network = {
    ip,
    asn: 64500,
    country: "DE",
    region: null,
    timezone: "Europe/Berlin",
    colo: "FRA",
    protocol: null,
  };
  return {
    ...{ v: 1, session_id: ID, site, gpc, default_consent: "granted", network, key_hash },
    device_id: start ? "d".repeat(32) : null,
    start: start ? { page: PAGE, visitor_id: "visitor-1", ...start } : null,
    batch: events ? { session_id: ID, stream: "s1", first, events, rejected: [] } : null,
    end: end ? {} : null,
    ...more,
  };
}

const someEvents = (count: number): EventInput[] => Array.from({ length: count }, () => ({ event_type: "click" }));

function take(known: Known | null, one: TrackCall, now = T): Intake {
  const taken = intake(known, one, now, () => "minted");
  if (!taken.ok) throw new Error(taken.code);
  return taken;
}

/** The session as its actor has it after these calls, a second apart. */
function knownAfter(...calls: TrackCall[]): Known {
  let known: Known | null = null;
  for (const [i, one] of calls.entries()) {
    const { head, state, entries } = take(known, one, T + i * 1_000);
    for (const entry of entries) apply(state, entry);
    known = { head, state };
  }
  if (!known) throw new Error("no calls");
  return known;
}

const kinds = ({ entries }: Intake) => entries.map(({ kind }) => kind);
const only = <K extends Entry["kind"]>({ entries }: Intake, kind: K) =>
  entries.find((entry): entry is Extract<Entry, { kind: K }> => entry.kind === kind);
const codeOf = (known: Known | null, one: TrackCall) => {
  const taken = intake(known, one, T + 9_000, () => "minted");
  return taken.ok ? "taken" : taken.code;
};
const startless = (options: Options = {}) => call({ ...options, start: false });

describe("a call", () => {
  it("on a session that nobody started is refused, as is one of another site", () => {
    expect(codeOf(null, startless({ events: someEvents(1) }))).toBe("session_unknown");
    expect(codeOf(knownAfter(call()), call({ site: "other" }))).toBe("session_unknown");
    expect(codeOf(knownAfter(call()), startless({ events: someEvents(1) }))).toBe("taken");
  });

  it.each([
    ["k", "k", "taken"],
    ["k", "x", "session_key_invalid"],
    ["k", null, "session_key_invalid"],
    [null, "k", "taken"],
    [null, null, "taken"],
  ])("on a session of key %j shows key %j: %s", (own, shown, code) => {
    expect(codeOf(knownAfter(call({ key_hash: own })), call({ key_hash: shown }))).toBe(code);
  });

  it("gives a session its key with a start alone, and only once", () => {
    expect(knownAfter(call({ key_hash: "k" })).head.key_hash).toBe("k");
    expect(knownAfter(call(), startless({ key_hash: "k" })).head.key_hash).toBeNull();
    expect(knownAfter(call(), call({ key_hash: "k" })).head.key_hash).toBe("k");
  });

  it("numbers its entries on from the session's last", () => {
    const first = take(null, call({ events: someEvents(2) }));
    expect(first.entries.map(({ seq }) => seq - firstSeq(T))).toEqual([1, 2, 3]);
    const known = knownAfter(call());
    expect(take(known, call({ events: someEvents(1) })).entries[0]?.seq).toBe(known.state.seq + 1);
  });

  it("is answered with what was taken", () => {
    const batch = call({ events: someEvents(2) });
    const rejected = [{ index: 2, code: "invalid_event", detail: "x" }];
    if (batch.batch) Object.assign(batch.batch, { events: [...someEvents(2), null], rejected });
    expect(take(null, batch).reply).toEqual({
      ...{ ok: true, session_id: ID, accepted: 2, duplicates: 0, rejected, ended: false, ended_at: null },
      ...{ ack: { stream: "s1", through: 3, missing: [] }, consent: "granted", timestamp: T },
    });
    const again = take(knownAfter(batch), batch, T + 500).reply;
    expect(again).toMatchObject({ accepted: 0, duplicates: 2, timestamp: T + 500 });
    expect(take(null, call()).reply).toMatchObject({ accepted: 0, duplicates: 0, rejected: [], ack: null });
  });

  it("that makes its stream too sparse changes nothing", () => {
    const events = Array.from({ length: 66 }, (_, i) => call({ first: i * 2 + 2, events: someEvents(1) }));
    expect(codeOf(knownAfter(...events.slice(0, 64)), events[65] ?? call())).toBe("stream_too_sparse");
  });
});

describe("a start", () => {
  it("is the first entry, at the time of the earliest event, with what the page said", () => {
    const start = {
      ...{ referrer: "https://news.example/", device_info: { timezone: "America/New_York" } },
      ...{ screen: { width: 1 }, signals: { touch: 0 } },
    };
    const one = call({ start, events: [{ event_type: "click", timestamp: 400 }, { event_type: "click" }] });
    if (one.batch) one.batch.sent_at = 1_000;
    const taken = take(null, one);
    expect(kinds(taken)).toEqual(["start", "event", "event"]);
    expect(taken.entries[0]).toMatchObject({
      ...{ kind: "start", at: T - 600, page: PAGE, referrer: "https://news.example/", consent: "granted" },
      ...{ device: start.device_info, screen: start.screen, signals: start.signals, agent: null, rules_version: 1 },
      network: { address: "a1", network: "n1", country: "DE", provider: null, timezone_gap: 360 },
    });
    expect(taken.entries[0]).not.toHaveProperty(["network", "ip"]);
    expect(taken.entries[0]).not.toHaveProperty(["network", "asn"]);
  });

  it("that says nothing leaves it open", () => {
    const bare = { referrer: "", device_info: null, screen: null, signals: null };
    const nothing = { referrer: null, device: null, screen: null, signals: null, agent: null };
    expect(take(null, call({ start: bare })).entries[0]).toMatchObject({
      at: T,
      ...nothing,
      network: { timezone_gap: null },
    });
    expect(take(null, call()).entries[0]).toMatchObject(nothing);
  });

  it("reads the page's user agent", () => {
    const device_info = { user_agent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0" };
    expect(take(null, call({ start: { device_info } })).entries[0]).toMatchObject({
      agent: { browser: "chrome", major: 140 },
    });
  });
});

describe("an identity", () => {
  const nobody = { start: { visitor_id: null } };

  it("is what the start names, or a new visitor", () => {
    expect(take(null, call({ start: { fingerprint_id: "f" } })).head.identity).toEqual({
      ...{ visitor_id: "visitor-1", fingerprint_id: "f", device_id: "d".repeat(32) },
      ...{ ip: "203.0.113.0/24", asn: 64500, traits: {} },
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

describe("an end", () => {
  it("comes last, at its own time, and ends the session for all that comes later", () => {
    const one = call({ events: someEvents(1), end: true });
    if (one.batch) one.batch.sent_at = 5_000;
    one.end = { timestamp: 4_900, exit_page: PAGE };
    const taken = take(knownAfter(call()), one, T + 60_000);
    expect(kinds(taken)).toEqual(["event", "end"]);
    expect(only(taken, "end")).toMatchObject({
      ...{ at: T + 59_900, received_at: T + 60_000, reason: "client", exit_page: PAGE },
    });
    expect(taken).toMatchObject({ ended: true, reply: { ended: true, ended_at: T + 59_900, ack: { ended: true } } });
  });

  it("of a session that has ended is no second one", () => {
    const known = knownAfter(call({ events: someEvents(1), end: true }));
    const taken = take(known, startless({ first: 2, events: someEvents(1), end: true }), T + 60_000);
    expect(kinds(taken)).toEqual(["event"]);
    expect(taken.entries[0]).toMatchObject({ late: true });
    expect(taken).toMatchObject({ ended: false, reply: { ended: true, ended_at: T, ack: { ended: true } } });
  });

  it("may come with the start, and names no page where it names none", () => {
    const taken = take(null, call({ end: true }));
    expect(kinds(taken)).toEqual(["start", "end"]);
    expect(only(taken, "end")?.exit_page).toBeNull();
    expect(taken).toMatchObject({ ended: true, reply: { ended: true, ack: null } });
  });

  it("is never before what the session has seen", () => {
    const known = knownAfter(call(), startless({ events: someEvents(1) }));
    const one = startless({ events: [], end: true });
    if (one.batch) one.batch.sent_at = 90_000;
    one.end = { timestamp: 1 };
    expect(only(take(known, one, T + 60_000), "end")?.at).toBe(T + 1_000);
  });
});

describe("a lead", () => {
  const lead = { submission: "s-1", honeypot: true, disposable_email: false };

  it("comes after the events and before the end, and is remembered", () => {
    const taken = take(knownAfter(call()), call({ events: someEvents(1), end: true }, { lead }), T + 4_000);
    expect(kinds(taken)).toEqual(["event", "lead", "end"]);
    expect(taken.head.leads).toEqual(["s-1"]);
    expect(only(taken, "lead")).toMatchObject({ submission: "s-1", lead: { honeypot: true, submit_ms: 4_000 } });
    expect(take(knownAfter(call()), call()).head.leads).toBeUndefined();
  });
});

describe("two texts", () => {
  it.each([
    ["", "", true],
    ["abc", "abc", true],
    ["abc", "abd", false],
    ["abc", "bbc", false],
    ["abc", "ab", false],
    ["ab", "abc", false],
    ["", "a", false],
  ])("are the same: %j, %j, %s", (a, b, same) => {
    expect(sameText(a, b)).toBe(same);
  });
});

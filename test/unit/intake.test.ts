import { describe, expect, it } from "vitest";
import { firstSeq } from "../../src/core/session/entry";
import { call, codeOf, ID, kinds, knownAfter, only, PAGE, someEvents, startless, T, take } from "../support/calls";

/** What a call on a session comes to, before anything is changed. */

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

  it("gives a session its key with its first call alone: nobody takes it later", () => {
    expect(knownAfter(call({ key_hash: "k" })).head.key_hash).toBe("k");
    for (const later of [startless({ key_hash: "k" }), call({ key_hash: "k" })]) {
      const known = knownAfter(call(), later);
      expect(known.head.key_hash).toBeNull();
      // Who began it without a key goes on.
      expect(codeOf(known, startless({ events: someEvents(1) }))).toBe("taken");
    }
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
      ok: true,
      session_id: ID,
      accepted: 2,
      duplicates: 0,
      rejected,
      ended: false,
      ended_at: null,
      ack: { stream: "s1", through: 3, missing: [] },
      consent: "granted",
      timestamp: T,
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
      referrer: "https://news.example/",
      device_info: { timezone: "America/New_York" },
      screen: { width: 1 },
      signals: { touch: 0 },
    };
    const one = call({ start, events: [{ event_type: "click", timestamp: 400 }, { event_type: "click" }] });
    if (one.batch) one.batch.sent_at = 1_000;
    const taken = take(null, one);
    expect(kinds(taken)).toEqual(["start", "event", "event"]);
    expect(taken.entries[0]).toMatchObject({
      kind: "start",
      at: T - 600,
      page: PAGE,
      referrer: "https://news.example/",
      consent: "granted",
      device: start.device_info,
      screen: start.screen,
      signals: start.signals,
      agent: null,
      rules_version: 1,
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

  it("says how its site names pages, unless that is the usual way", () => {
    const dropping = { ...call({ start: {} }), trailing_slash: "drop" as const };
    expect(take(null, dropping).entries[0]).toMatchObject({ trailing_slash: "drop" });
    const keeping = { ...call({ start: {} }), trailing_slash: "keep" as const };
    expect(take(null, keeping).entries[0]).not.toHaveProperty("trailing_slash");
  });

  it("reads the page's user agent", () => {
    const device_info = { user_agent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0" };
    expect(take(null, call({ start: { device_info } })).entries[0]).toMatchObject({
      agent: { browser: "chrome", major: 140 },
    });
  });
});

describe("an end", () => {
  it("comes last, at its own time, and ends the session for all that comes later", () => {
    const one = call({ events: [{ event_type: "click", timestamp: 4_000 }], end: true });
    if (one.batch) one.batch.sent_at = 5_000;
    one.end = { timestamp: 4_900, exit_page: PAGE };
    const taken = take(knownAfter(call()), one, T + 60_000);
    expect(kinds(taken)).toEqual(["event", "end"]);
    expect(only(taken, "end")).toMatchObject({
      at: T + 59_900,
      received_at: T + 60_000,
      reason: "client",
      exit_page: PAGE,
    });
    expect(taken).toMatchObject({ ended: true, reply: { ended: true, ended_at: T + 59_900, ack: { ended: true } } });
  });

  it("is not before what the same call says happened, nor before what is known", () => {
    const one = call({ events: someEvents(1), end: true });
    if (one.batch) one.batch.sent_at = 5_000;
    one.end = { timestamp: 1_000 };
    expect(only(take(null, one, T + 60_000), "end")?.at).toBe(T + 60_000);
    const known = knownAfter(call({ events: someEvents(1) }));
    const alone = { ...startless({ first: 2, events: [] }), end: { timestamp: 1_000 } };
    if (alone.batch) alone.batch.sent_at = 900_000;
    expect(only(take(known, alone, T + 60_000), "end")?.at).toBe(known.state.last_event_at);
  });

  it("by itself happened when its page says so", () => {
    const known = knownAfter(call({ events: someEvents(1) }));
    const alone = { ...startless(), end: { timestamp: 100_000, sent_at: 700_000 } };
    expect(only(take(known, alone, T + 900_000), "end")?.at).toBe(T + 300_000);
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

  it("ends a session whose consent has become pending", () => {
    const taken = take(knownAfter(call()), call({ start: { consent: "pending" }, end: true }));
    expect([taken.ended, taken.entries.at(-1)?.kind]).toEqual([true, "end"]);
  });

  it("is never before what the session has seen", () => {
    const known = knownAfter(call(), startless({ events: someEvents(1) }));
    const one = startless({ events: [], end: true });
    if (one.batch) one.batch.sent_at = 90_000;
    one.end = { timestamp: 1 };
    expect(only(take(known, one, T + 60_000), "end")?.at).toBe(T + 1_000);
  });
});

describe("time", () => {
  it("of a session that goes on is never before its start, and a new one begins with its first event", () => {
    const old = (options: object) => {
      const one = call({ events: [{ event_type: "click", timestamp: 0 }], ...options });
      if (one.batch) one.batch.sent_at = 100_000;
      return one;
    };
    expect(only(take(null, old({})), "start")?.at).toBe(T - 100_000);
    expect(only(take(knownAfter(call()), old({}), T + 9_000), "event")?.at).toBe(T);
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

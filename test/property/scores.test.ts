import fc from "fast-check";
import { expect, it } from "vitest";
import type { NetworkClasses } from "../../src/core/network/classes";
import { SCORE_MAX, SCORES } from "../../src/core/scoring/ledger";
import { RULES, RULES_VERSION, ruleSet } from "../../src/core/scoring/ruleset";
import type { Entry, EventEntry, Unplaced } from "../../src/core/session/entry";
import { apply, applyText } from "../../src/core/session/fold/fold";
import { newState, readSnapshot, type SessionState, writeSnapshot } from "../../src/core/session/fold/state";
import { newHead } from "../../src/core/session/head";
import { newProgress } from "../../src/core/session/progress";
import { columns, type Summary, summary } from "../../src/core/session/view";
import { readDetail } from "../../src/data/store/session-row/read";
import { withQuarantined, writeDetail } from "../../src/data/store/session-row/write";
import { foldLog } from "../../src/ops/backtest";
import { BUILT_IN_TYPES } from "../../src/protocol/events";
import { counts, HOME, lead, logOf, NOWHERE, start, T0 } from "../support/log";
import { cases } from "../support/scale";

/**
 * Scores are a fold: whatever cuts a log, into flushes, snapshots, evictions, it gives the same ledger, event for event.
 * Logs of every kind of entry, so that every rule has something to say.
 */

const chance = fc.boolean();
const figure = (max: number) => fc.option(fc.integer({ min: 0, max }), { nil: null });

const network: fc.Arbitrary<NetworkClasses> = fc
  .record({
    home: chance,
    address: fc.constantFrom("a1", "a2", "a3", "a4"),
    network: fc.constantFrom("n1", "n2", "n3", "n4"),
    country: fc.constantFrom("DE", "US", "T1", "BR", null),
    asn_class: fc.constantFrom("hosting", "vpn", "tor", "relay", "corporate", "mobile", "residential", null),
    timezone_gap: fc.constantFrom(null, 0, 60, 360),
    language: fc.constantFrom("de-DE", "ru-RU", "en-US", null),
    rtt: figure(500),
    bot_score: figure(99),
    verified_bot: fc.constantFrom(null, null, null, "Search Engine Crawler"),
    headers: fc.subarray(["no_accept_language", "no_sec_fetch", "no_gzip"]),
  })
  .map(({ home, rtt, headers, ...more }) => ({
    ...(home ? HOME : NOWHERE),
    ...more,
    rtt_ms: rtt,
    rtt_excess_ms: rtt,
    headers: headers as NonNullable<NetworkClasses["headers"]>,
  }));

const signals = fc.record({
  webdriver: chance,
  plugins: fc.constantFrom(0, 5, -1, 1e308, "five"),
  outer_width: fc.constantFrom(0, 1440, -1e308, true),
  outer_height: fc.constantFrom(0, 900, "9".repeat(256), null),
  touch: fc.constantFrom(0, 5, false, "yes"),
  renderer: fc.constantFrom("Google SwiftShader", "Apple GPU", null, 7, true),
});

const path = fc.array(fc.tuple(fc.nat(300), fc.nat(1_000), fc.nat(800)), { maxLength: 20 });

const event = fc
  .record({
    type: fc.constantFrom(...BUILT_IN_TYPES, "shop.buy"),
    wait: fc.constantFrom(0, 20, 500, 500, 500, 4_000, 40_000),
    x: figure(1_000),
    scroll: figure(100),
    trusted: chance,
    input: chance,
    hidden: chance,
    fields: fc.nat(6),
    ms: fc.nat(20_000),
    path,
    times: fc.constantFrom(1, 1, 1, 12),
  })
  .map(({ type, wait, x, scroll, trusted, input, hidden, fields, ms, path: way, times }) => {
    const data = { trusted, input, state: hidden ? "hidden" : "visible", fields, ms, path: way };
    const detail = { ...(x !== null && { x, y: x }), ...(scroll !== null && { scroll_percent: scroll }), data };
    const one = (): Omit<EventEntry, "seq" | "at" | "received_at"> => ({
      kind: "event",
      stream: "s1",
      number: 0,
      event_type: type,
      detail,
    });
    return { wait, entries: Array.from({ length: times }, one) as Unplaced[] };
  });

const other = fc
  .oneof(
    network.map((classes): Unplaced => ({ kind: "network", at: 0, network: classes })),
    signals.map(
      (seen): Unplaced => ({ kind: "detail", at: 0, device: null, screen: null, signals: seen, agent: null }),
    ),
    fc
      .record({
        sessions: fc.nat(200),
        addresses: fc.nat(9),
        networks: fc.nat(5),
        countries: fc.nat(4),
        forms: fc.nat(8),
      })
      .map(
        (seen): Unplaced => ({
          kind: "identity",
          at: 0,
          version: 1,
          forms: 0,
          answer: { fingerprint: counts(seen), address: counts({ forms: seen.forms }) },
        }),
      ),
    fc
      .record({ honeypot: chance, disposable_email: chance, no_session: chance, submit_ms: figure(12_000) })
      .map((facts) => lead(facts, 0)),
    fc.constant<Unplaced>({ kind: "consent", at: 0, consent: "denied" }),
    fc.constant<Unplaced>({ kind: "end", at: 0, received_at: 0, reason: "client", exit_page: null }),
  )
  .map((entry) => ({ wait: 200, entries: [entry] }));

/** A start, then anything in any order: each with its place and its time. */
const logs: fc.Arbitrary<Entry[]> = fc
  .record({
    first: fc.record({ network, signals: fc.option(signals, { nil: null }) }),
    rest: fc.array(fc.oneof({ arbitrary: event, weight: 6 }, { arbitrary: other, weight: 1 }), { maxLength: 60 }),
  })
  .map(({ first, rest }) => {
    let at = T0;
    let number = 0;
    const placed = rest.flatMap(({ wait, entries }) =>
      entries.map((entry) => {
        at += wait;
        if (entry.kind !== "event") return { ...entry, at, ...("received_at" in entry && { received_at: at }) };
        number += 1;
        return { ...entry, at, received_at: at, number };
      }),
    );
    const log = logOf(start(first), ...(placed as Unplaced[]));
    // As it is after the journal: undefined is gone.
    return JSON.parse(JSON.stringify(log)) as Entry[];
  });

const text = (entries: Entry[]): string => entries.map((entry) => JSON.stringify(entry)).join(",");
const judgementOf = ({ judgement, rules_version }: SessionState): string => JSON.stringify([rules_version, judgement]);

it("are the same event for event, whatever evictions and flushes cut the log", () => {
  fc.assert(
    fc.property(logs, fc.array(fc.nat(), { maxLength: 12 }), (log, cuts) => {
      const whole = newState(0);
      const steps = log.map((entry) => {
        apply(whole, entry);
        return judgementOf(whole);
      });
      const places = [...new Set(cuts.map((cut) => cut % (log.length + 1)))].sort((a, b) => a - b);
      let resumed = newState(0);
      let from = 0;
      for (const to of [...places, log.length]) {
        if (to > from) applyText(resumed, text(log.slice(from, to)));
        resumed = readSnapshot(writeSnapshot(resumed));
        if (to > 0) expect(judgementOf(resumed)).toBe(steps[to - 1]);
        from = to;
      }
      expect(resumed).toEqual(whole);
      expect(judgementOf(foldLog(log))).toBe(steps.at(-1));
    }),
    { numRuns: cases(150) },
  );
});

it("are in a session's row as in its summary, with all the rest of it", () => {
  fc.assert(
    fc.property(logs, fc.option(fc.constantFrom("cpc", "mail")), fc.nat(3), (log, medium, quarantined) => {
      const state = newState(0);
      const head = newHead("11111111-2222-4333-8444-555555555555", "default", T0);
      for (const entry of log) {
        const page = `https://shop.example/${medium ? `?utm_source=${medium}&x=1` : "#top"}`;
        apply(state, entry.kind === "start" ? { ...entry, page } : entry);
        const { scores, ...row } = columns(head, state);
        const whole = JSON.parse(JSON.stringify(summary(head, state, newProgress(0)))) as Summary;
        const [detail, columnsOf] = [writeDetail(whole, { ...row, ...scores }), { ...row, ...scores }];
        expect(readDetail(detail, columnsOf)).toEqual(whole);
        expect(readDetail(withQuarantined(detail, quarantined), columnsOf)).toEqual({ ...whole, quarantined });
        expect(readDetail(JSON.stringify(whole), columnsOf)).toEqual(whole);
      }
    }),
    { numRuns: cases(60) },
  );
});

it("are the capped sums of the ledger's lines, and a case is opened by a convicting rule alone", () => {
  const fired = new Set<string>();
  fc.assert(
    fc.property(logs, (log) => {
      const state = newState(0);
      for (const entry of log) {
        apply(state, entry);
        const { scores, ledger } = state.judgement;
        for (const score of SCORES) {
          const lines = ledger.filter((line) => line.score === score);
          const sum = lines.reduce((total, { points }) => total + points, 0);
          expect(scores[score]).toBe(Math.min(SCORE_MAX, sum));
          const stands = lines.some((line) => line.class === "convicting" && line.withdrawn_at === undefined);
          if (!stands) expect(sum).toBe(0);
        }
        expect(new Set(ledger.map(({ rule }) => rule)).size).toBe(ledger.length);
        for (const line of ledger) {
          fired.add(line.rule);
          expect(line.seq).toBeLessThanOrEqual(entry.seq);
          expect(line.points).toBe(line.withdrawn_at === undefined && line.points > 0 ? line.weight : 0);
        }
      }
    }),
    { numRuns: cases(150) },
  );
  // Most rules have had their say, or the property says little.
  expect(fired.size).toBeGreaterThan(RULES.length * 0.6);
});

it("of a session that began before there were rules are none, whatever comes", () => {
  fc.assert(
    fc.property(logs, (log) => {
      const old = log.map((entry) => (entry.kind === "start" ? { ...entry, rules_version: 0 } : entry));
      const { judgement } = foldLog(old);
      expect(judgement).toEqual({
        label: null,
        scores: { engagement: null, bot: null, vpn: null, risk: null },
        ledger: [],
      });
      expect(foldLog(old, ruleSet(RULES_VERSION)).judgement).toEqual(foldLog(log).judgement);
    }),
    { numRuns: cases(30) },
  );
});

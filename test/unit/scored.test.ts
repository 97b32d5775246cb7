import { describe, expect, it } from "vitest";
import { RuleSet } from "../../src/core/scoring/ruleset";
import type { EventEntry, Unplaced } from "../../src/core/session/entry";
import { foldLog } from "../../src/ops/backtest";
import { act, HOME, identity, lead, logOf, network, start, T0 } from "../support/log";

/** Which entries of a log the scores hear of. */

const judged = (...log: Unplaced[]) => foldLog(logOf(start(), ...log)).judgement;
const END: Unplaced = { kind: "end", at: T0 + 50_000, received_at: T0 + 50_000, reason: "client", exit_page: null };
const event = (more: Partial<EventEntry>): Unplaced => ({
  kind: "event",
  at: T0 + 60_000,
  received_at: T0 + 60_000,
  stream: "s1",
  number: 1,
  event_type: "click",
  ...more,
});
const DRIVEN: Unplaced = { kind: "detail", at: T0 + 60_000, device: null, screen: null, signals: { webdriver: true } };

describe("a session that has ended", () => {
  it.each<[string, Unplaced]>([
    ["a late event", event({ late: true })],
    ["what its page finds out", DRIVEN],
    ["where it goes", network({ verified_bot: "Crawler" }, 60_000)],
  ])("is not judged by %s", (_, entry) => {
    expect(judged(END, entry)).toMatchObject({ ledger: [], label: "human" });
    expect(judged(entry.kind === "event" ? event({}) : entry).ledger).toHaveLength(1 + Number(entry.kind !== "event"));
  });

  it.each<[string, Unplaced, string]>([
    ["its identities' answer", identity({ fingerprint: { countries: 3 } }), "vpn.many_countries"],
    ["its lead", lead({ honeypot: true }), "risk.honeypot"],
  ])("is still judged by %s", (_, entry, rule) => {
    expect(judged(END, entry).ledger.map((line) => line.rule)).toContain(rule);
  });
});

describe("what is no act of the visitor's", () => {
  it.each<[string, Unplaced]>([
    ["the actor's own word", event({ stream: "server", event_type: "click" })],
    ["a late event", event({ late: true })],
  ])("%s leaves no trace in their behaviour", (_, entry) => {
    const { behaviour } = foldLog(logOf(start(), entry));
    expect(behaviour).toEqual(foldLog(logOf(start())).behaviour);
  });

  it.each<[string, Unplaced]>([
    ["consent", { kind: "consent", at: T0, consent: "denied" }],
    ["that the head learnt something", { kind: "identify", at: T0, learnt: [] }],
    ["settled numbers", { kind: "settled", at: T0, stream: null, rejected: [], gone: [] }],
    ["an end", END],
  ])("%s changes no score", (_, entry) => {
    const bot = start({ signals: { webdriver: true } });
    expect(foldLog(logOf(bot, entry)).judgement).toEqual(foldLog(logOf(bot)).judgement);
  });
});

describe("rules", () => {
  it("of which there are none leave a session without scores", () => {
    const log = logOf(start({ network: { ...HOME, verified_bot: "Crawler" } }), act("click", 1));
    const { judgement, behaviour } = foldLog(log, new RuleSet([]));
    expect(judgement).toMatchObject({ label: null, scores: { bot: null }, ledger: [] });
    expect(behaviour.clicks).toBe(0);
  });
});

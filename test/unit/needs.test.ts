import { describe, expect, it } from "vitest";
import type { NetworkClasses } from "../../src/core/network/classes";
import { abstentions, abstentionsOf, isMissing, lackOf, whyOf } from "../../src/core/scoring/needs";
import type { Need, Rule } from "../../src/core/scoring/rule";
import { RULES } from "../../src/core/scoring/ruleset";
import { newState, type SessionState } from "../../src/core/session/fold/state";
import { foldLog } from "../../src/ops/backtest";
import { counts, HOME, logOf, NOWHERE, start } from "../support/log";

/** What a session may lack, and what its rules say then: silence of a rule that could not look is no acquittal. */

const NEEDS = [
  ...(["edge", "asn", "bot_management", "round_trip", "headers", "signals", "timezone", "fingerprint"] as const),
  "address",
] as const satisfies Need[];

const on = (network: Partial<NetworkClasses>): SessionState => ({ ...newState(0), network: { ...HOME, ...network } });
const answered = (fingerprint: boolean, address: boolean): SessionState => ({
  ...newState(0),
  identity: { fingerprint: fingerprint ? counts() : null, address: address ? counts() : null, version: 1, forms: 0 },
});

describe("a session", () => {
  it.each(NEEDS)("of which nothing is known lacks %s", (need) => {
    expect(isMissing(newState(0), need)).toBe(true);
  });

  it.each<[Need, SessionState, SessionState]>([
    ["edge", on({ edge: true }), on({ edge: false })],
    ["asn", on({ asn_class: "mobile" }), on({ asn_class: null })],
    ["bot_management", on({ bot_score: 0 }), on({ bot_score: null })],
    ["round_trip", on({ rtt_ms: 0 }), on({ rtt_ms: null })],
    ["headers", on({ headers: [] }), on({ headers: null })],
    ["signals", { ...newState(0), signals: {} }, newState(0)],
    ["timezone", on({ timezone_gap: 0 }), on({ timezone_gap: null })],
    ["fingerprint", answered(true, false), answered(false, true)],
    ["address", answered(false, true), answered(true, false)],
  ])("has %s, or has not", (need, having, lacking) => {
    expect([isMissing(having, need), isMissing(lacking, need)]).toEqual([false, true]);
  });
});

describe("an abstention", () => {
  const rule = (id: string, needs?: Need[]): Rule => ({
    id,
    version: 1,
    score: "bot",
    points: 1,
    class: "convicting",
    watch: ["act"],
    test: () => null,
    about: "",
    source: "",
    example: "",
    ...(needs && { needs }),
  });
  const RULES = [rule("bot.a", ["edge", "asn"]), rule("bot.b"), rule("bot.c", ["asn"])];

  it("is of each rule that lacks something, and names the first thing", () => {
    expect(abstentions(newState(0), RULES)).toEqual([
      { rule: "bot.a", why: whyOf("edge") },
      { rule: "bot.c", why: whyOf("asn") },
    ]);
    expect(abstentions(on({ asn_class: null }), RULES)).toEqual([
      { rule: "bot.a", why: whyOf("asn") },
      { rule: "bot.c", why: whyOf("asn") },
    ]);
    expect(abstentions(on({}), RULES)).toEqual([]);
  });

  it.each(NEEDS.map((need, i) => [need, 1 << i] as const))("for lack of %s is stored as %i", (need, bit) => {
    const rules = [
      rule("bot.x", [need]),
      rule(
        "bot.y",
        NEEDS.filter((other) => other !== need),
      ),
    ];
    const abstained = [{ rule: "bot.x", why: whyOf(need) }];
    expect(lackOf(abstained)).toBe(bit);
    expect(abstentionsOf(bit, rules)).toEqual(abstained);
  });

  it("is none where nothing is lacking", () => {
    expect(lackOf([])).toBe(0);
    expect(abstentionsOf(0, RULES)).toEqual([]);
  });

  it("is read back of a real session as it was, and worked out once", () => {
    const found = abstentions(foldLog(logOf(start({ network: { ...HOME, rtt_ms: null } }))), RULES);
    expect(abstentionsOf(lackOf(found), RULES)).toEqual(found);
    expect(abstentionsOf(3, RULES)).toBe(abstentionsOf(3, RULES));
    expect(abstentionsOf(3, RULES)).not.toEqual(abstentionsOf(3, [rule("bot.z", ["asn"])]));
  });
});

describe("every rule", () => {
  // A rule is asked only where it has what it needs; it must not rely on that.
  it.each(RULES.map((rule) => [rule.id, rule] as const))("finds nothing where nothing is known: %s", (_, rule) => {
    expect(rule.test(newState(0))).toBeNull();
    expect(rule.test({ ...newState(0), network: NOWHERE })).toBeNull();
    expect(rule.test({ ...answered(false, false), signals: {}, screen: {} })).toBeNull();
  });
});

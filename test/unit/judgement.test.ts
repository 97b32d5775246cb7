import { describe, expect, it } from "vitest";
import { mergeLeads } from "../../src/core/scoring/context";
import { judge, labelOf, open } from "../../src/core/scoring/judge";
import { BAND_FLOORS, bandOf, exposedOf, newJudgement } from "../../src/core/scoring/ledger";
import type { Finding, Rule } from "../../src/core/scoring/rule";
import { RuleSet, ruleSet } from "../../src/core/scoring/ruleset";
import { newState, type SessionState } from "../../src/core/session/fold/state";
import { Topic } from "../../src/core/signals/topic";

/** How findings become a ledger, scores and a label. */

const rule = (id: string, more: Partial<Rule> = {}): Rule => ({
  id,
  version: 1,
  score: "bot",
  points: 30,
  class: "convicting",
  watch: ["act"],
  test: () => ({ evidence: `saw ${id}` }),
  about: "",
  source: "",
  example: "",
  ...more,
});

/** A rule that finds what it is told to. */
function told(id: string, more: Partial<Rule> = {}) {
  const found: { finding: Finding | null } = { finding: { evidence: id } };
  return { found, rule: rule(id, { ...more, test: () => found.finding }) };
}

/** When the entry that is judged happened. */
const T = 100;

function session(seq = 7): SessionState {
  const state = { ...newState(0), seq };
  open(state);
  return state;
}

const pointsOf = ({ judgement }: SessionState) => judgement.ledger.map(({ rule: id, points }) => [id, points]);

describe("a judgement", () => {
  it("begins with nothing held against a visitor", () => {
    expect(session().judgement).toEqual({
      label: "human",
      ledger: [],
      scores: { engagement: 0, bot: 0, vpn: 0, risk: 0 },
    });
    expect(newJudgement()).toEqual({
      label: null,
      ledger: [],
      scores: { engagement: null, bot: null, vpn: null, risk: null },
    });
  });

  it("has a line for each rule that fired, with the time and place it did", () => {
    const state = session();
    judge(state, Topic.act, new RuleSet([rule("bot.a"), rule("bot.silent", { test: () => null })]), T);
    expect(state.judgement).toEqual({
      label: "suspect",
      scores: { engagement: 0, bot: 30, vpn: 0, risk: 0 },
      ledger: [
        {
          rule: "bot.a",
          score: "bot",
          points: 30,
          weight: 30,
          class: "convicting",
          at: 100,
          seq: 7,
          evidence: "saw bot.a",
        },
      ],
    });
  });

  it("asks only the rules that watch what has changed", () => {
    const set = new RuleSet([rule("bot.a"), rule("bot.b", { watch: ["click", "scroll"] })]);
    for (const [topics, ids] of [
      [Topic.act, ["bot.a"]],
      [Topic.scroll, ["bot.b"]],
      [Topic.act | Topic.click, ["bot.a", "bot.b"]],
      [Topic.form, []],
    ] as const) {
      const state = session();
      judge(state, topics, set, T);
      expect(state.judgement.ledger.map(({ rule: id }) => id)).toEqual(ids);
    }
  });

  it("adds up each score for itself, to a hundred at most", () => {
    const state = session();
    const rules = ["a", "b", "c", "d"].map((name) => rule(`bot.${name}`));
    judge(state, Topic.act, new RuleSet([...rules, rule("vpn.a", { score: "vpn", points: 5 })]), T);
    expect(state.judgement.scores).toEqual({ engagement: 0, bot: 100, vpn: 5, risk: 0 });
  });

  it("counts a supporting rule while a convicting one of its score stands", () => {
    const state = session();
    const case_ = told("bot.case");
    const other = rule("vpn.case", { score: "vpn" });
    const set = new RuleSet([rule("bot.more", { class: "supporting", points: 3 }), other, case_.rule]);
    judge(state, Topic.act, set, T);
    expect(pointsOf(state)).toEqual([
      ["bot.more", 3],
      ["vpn.case", 30],
      ["bot.case", 30],
    ]);
    case_.found.finding = null;
    judge(state, Topic.act, set, T);
    expect(pointsOf(state)).toEqual([
      ["bot.more", 0],
      ["vpn.case", 30],
      ["bot.case", 0],
    ]);
    expect(state.judgement.ledger[0]).toMatchObject({ weight: 3 });
  });

  it("records a rule in shadow, which neither counts nor opens a case", () => {
    const state = session();
    const shadow = rule("bot.shadow", { shadow: true });
    judge(state, Topic.act, new RuleSet([shadow, rule("bot.more", { class: "supporting" })]), T);
    expect(pointsOf(state)).toEqual([
      ["bot.shadow", 0],
      ["bot.more", 0],
    ]);
    expect(state.judgement.ledger[0]).toMatchObject({ shadow: true, weight: 30 });
    expect(state.judgement.ledger[1]).not.toHaveProperty("shadow");
    expect(state.judgement.label).toBe("human");
  });

  it("takes back what does not hold any more, once, and finds it again", () => {
    const state = session();
    const { found, rule: one } = told("bot.a", { points: 60 });
    const set = new RuleSet([one]);
    judge(state, Topic.act, set, T);
    expect(state.judgement.label).toBe("bot");
    found.finding = null;
    for (const at of [200, 300]) judge(state, Topic.act, set, at);
    expect(state.judgement.ledger).toMatchObject([{ points: 0, weight: 60, at: 100, withdrawn_at: 200 }]);
    expect(state.judgement).toMatchObject({ label: "human", scores: { bot: 0 } });
    found.finding = { evidence: "again" };
    state.seq = 9;
    judge(state, Topic.act, set, 400);
    expect(state.judgement.ledger).toEqual([
      expect.objectContaining({ at: 400, seq: 9, points: 60, evidence: "again" }),
    ]);
    expect(state.judgement.ledger[0]).not.toHaveProperty("withdrawn_at");
  });

  it("keeps a line as it fired until it weighs something else", () => {
    const state = session();
    const { found, rule: graded } = told("engagement.a", { score: "engagement", points: 35 });
    const set = new RuleSet([graded]);
    found.finding = { evidence: "10 s", points: 1 };
    judge(state, Topic.act, set, T);
    found.finding = { evidence: "11 s", points: 1 };
    judge(state, Topic.act, set, 200);
    expect(state.judgement.ledger).toMatchObject([{ at: 100, evidence: "10 s", points: 1 }]);
    found.finding = { evidence: "20 s", points: 2 };
    judge(state, Topic.act, set, 200);
    expect(state.judgement.ledger).toMatchObject([{ at: 200, evidence: "20 s", points: 2 }]);
    expect(state.judgement.scores.engagement).toBe(2);
  });

  it("lets a rule abstain where it lacks what it needs", () => {
    const state = session();
    const set = new RuleSet([rule("bot.a", { needs: ["signals", "edge"] })]);
    judge({ ...state, signals: {} }, Topic.act, set, T);
    expect(state.judgement.ledger).toEqual([]);
  });

  it("asks the rules that read the scores last, and only when something has changed", () => {
    const bot = told("bot.a", { points: 70 });
    let asked = 0;
    const test = ({ judgement }: SessionState) => {
      asked += 1;
      return judgement.label === "bot" ? { evidence: "the verdict is bot" } : null;
    };
    const set = new RuleSet([rule("risk.bot", { score: "risk", watch: ["scores"], points: 25, test }), bot.rule]);
    const state = session();
    judge(state, Topic.act, set, T);
    expect(state.judgement.scores).toMatchObject({ bot: 70, risk: 25 });
    judge(state, Topic.act, set, T);
    expect(asked).toBe(1);
    bot.found.finding = null;
    judge(state, Topic.act, set, T);
    expect(state.judgement.scores).toMatchObject({ bot: 0, risk: 0 });
  });
});

describe("a label", () => {
  it.each([
    [0, "human"],
    [24, "human"],
    [25, "suspect"],
    [59, "suspect"],
    [60, "bot"],
    [100, "bot"],
  ])("of a bot score of %i is %s", (bot, label) => {
    expect(labelOf(bot)).toBe(label);
  });
});

describe("a band", () => {
  it.each([
    [null, null],
    [0, "cold"],
    [20, "cold"],
    [21, "warm"],
    [45, "warm"],
    [46, "engaged"],
    [70, "engaged"],
    [71, "hot"],
    [100, "hot"],
  ])("of an engagement of %j is %s", (engagement, band) => {
    expect(bandOf(engagement)).toBe(band);
    const { scores, ...rest } = newJudgement();
    const exposed = exposedOf({ ...rest, scores: { ...scores, engagement } });
    expect(exposed).toEqual(band === null ? null : { score: engagement, band });
  });

  it("begins where the one below ends, lowest first", () => {
    expect(BAND_FLOORS).toEqual([
      ["cold", 0],
      ["warm", 21],
      ["engaged", 46],
      ["hot", 71],
    ]);
  });
});

describe("a set of rules", () => {
  const ids = (set: RuleSet) => set.rules.map(({ id }) => id);

  it("knows its rules by name", () => {
    const one = rule("bot.a");
    expect([new RuleSet([one]).rule("bot.a"), new RuleSet([one]).rule("bot.b")]).toEqual([one, undefined]);
  });

  it("of a version is the same each time, and empty before there were rules", () => {
    expect(ruleSet(1)).toBe(ruleSet(1));
    expect(ids(ruleSet(0))).toEqual([]);
    expect(ids(ruleSet(1)).length).toBeGreaterThan(40);
  });

  it("finds the rules that watch a combination of topics once", () => {
    const set = new RuleSet([rule("bot.a"), rule("bot.b", { watch: ["form"] })]);
    const found = set.watching(Topic.act | Topic.pointer);
    expect(found.map(({ id }) => id)).toEqual(["bot.a"]);
    expect(set.watching(Topic.act | Topic.pointer)).toBe(found);
  });
});

describe("the leads of one session", () => {
  const facts = { honeypot: false, disposable_email: false, no_session: false, submit_ms: null };

  it("count the worst of each, and no session only where none of them had one", () => {
    expect(mergeLeads(null, facts)).toEqual(facts);
    const bad = { honeypot: true, disposable_email: true, no_session: true, submit_ms: 9 };
    expect(mergeLeads(facts, bad)).toEqual({ ...bad, no_session: false });
    expect(mergeLeads(bad, facts)).toEqual({ ...bad, no_session: false });
    expect(mergeLeads(bad, bad).no_session).toBe(true);
    expect(mergeLeads(facts, facts)).toEqual(facts);
  });

  it.each([
    [5, 9, 5],
    [9, 5, 5],
    [null, 7, 7],
    [0, 7, 0],
    [null, null, null],
  ])("submitted after %j and %j ms count as %j", (one, other, submit_ms) => {
    expect(mergeLeads({ ...facts, submit_ms: one }, { ...facts, submit_ms: other }).submit_ms).toBe(submit_ms);
  });
});

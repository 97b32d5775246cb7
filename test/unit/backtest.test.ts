import { describe, expect, it } from "vitest";
import { RULES_VERSION, RuleSet, ruleSet } from "../../src/core/scoring/ruleset";
import type { Entry, Unplaced } from "../../src/core/session/entry";
import { backtestOne, foldLog, newBacktest, varied } from "../../src/ops/backtest";
import { act, lead, logOf, NO_AGENT, start } from "../support/log";

/** What other rules would have said of sessions that are over. */

const SET = ruleSet(RULES_VERSION);
const BOT = logOf(start({ signals: { webdriver: true } }));
const HUMAN = logOf(start(), act("click", 1_000));

const tried = (set: RuleSet, ...logs: (readonly Entry[])[]) => {
  const into = newBacktest();
  for (const [i, log] of logs.entries()) backtestOne(into, `s${i}`, log, set);
  return into;
};
const LIGHTER = varied(SET, { weights: { "bot.webdriver": 30 }, shadow: [] });

describe("a backtest", () => {
  it("counts how labels go from one to another, and names the sessions that change", () => {
    const { sessions, transitions, changed, incomplete } = tried(LIGHTER, BOT, HUMAN, BOT);
    expect({ sessions, incomplete }).toEqual({ sessions: 3, incomplete: 0 });
    expect(transitions).toEqual({ "bot → suspect": 2, "human → human": 1 });
    expect(changed).toEqual(["s0", "s2"].map((session_id) => ({ session_id, before: "bot", after: "suspect" })));
  });

  it("puts each score into its tenth, a hundred with the highest", () => {
    const hundred = logOf(start({ signals: { webdriver: true }, agent: { ...NO_AGENT, bot: "x" } }));
    const { distributions } = tried(LIGHTER, BOT, HUMAN, hundred);
    expect(distributions.bot).toEqual({
      before: [1, 0, 0, 0, 0, 0, 0, 1, 0, 1],
      after: [1, 0, 0, 1, 0, 0, 0, 0, 0, 1],
    });
    expect(distributions.engagement.before).toEqual([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(distributions.vpn.after[0]).toBe(3);
    // A verdict of bot is a risk of 25.
    expect(distributions.risk).toEqual({
      before: [1, 0, 2, 0, 0, 0, 0, 0, 0, 0],
      after: [2, 0, 1, 0, 0, 0, 0, 0, 0, 0],
    });
  });

  it("counts the rules that stand at the end, in shadow too", () => {
    const set = varied(SET, { weights: {}, shadow: ["bot.webdriver"] });
    const { firings } = tried(set, BOT, BOT);
    expect(firings).toEqual({ "bot.webdriver": { before: 2, after: 2 }, "risk.bot": { before: 2, after: 0 } });
  });

  it("leaves out rules that were taken back", () => {
    const log = logOf(start(), lead(), act("click", 62_000, { x: 1, y: 1 }));
    expect(Object.keys(tried(SET, log).firings)).toEqual(["engagement.clicks"]);
  });

  it("can say nothing of a log without its beginning", () => {
    expect(tried(SET, HUMAN.slice(1), [])).toMatchObject({ sessions: 0, incomplete: 2, transitions: {} });
  });

  it("looks at the last life of an id that was begun again", () => {
    const again = HUMAN.map((entry) => ({ ...entry, seq: entry.seq + 100 }));
    expect(tried(SET, [...BOT, ...again]).transitions).toEqual({ "human → human": 1 });
  });

  it("calls the label of sessions from before there were rules none", () => {
    expect(tried(SET, logOf(start({ rules_version: 0, signals: { webdriver: true } })))).toMatchObject({
      transitions: { "none → bot": 1 },
      firings: { "bot.webdriver": { before: 0, after: 1 } },
    });
  });

  it("names the first thousand that change", () => {
    const into = newBacktest();
    for (let i = 0; i < 1_001; i++) backtestOne(into, `s${i}`, BOT, LIGHTER);
    expect([into.sessions, into.changed.length, into.changed.at(-1)?.session_id]).toEqual([1_001, 1_000, "s999"]);
  });
});

describe("a set that is varied", () => {
  it("has other points where they are given, and all else as it was", () => {
    expect(LIGHTER.rules.map(({ id, points, shadow }) => [id, points, shadow])).toEqual(
      SET.rules.map(({ id, points, shadow }) => [id, id === "bot.webdriver" ? 30 : points, shadow]),
    );
    expect(SET.rule("bot.webdriver")?.points).toBe(70);
  });

  it("gives of a graded rule its share of the new points", () => {
    const set = varied(SET, { weights: { "engagement.clicks": 10 }, shadow: [] });
    const clicks = (n: number): Unplaced[] => Array.from({ length: n }, (_, i) => act("click", i * i * 900));
    const scoreOf = (n: number, rules?: RuleSet) =>
      foldLog(logOf(start(), ...clicks(n)), rules).judgement.scores.engagement;
    expect([scoreOf(4), scoreOf(4, set), scoreOf(3, set)]).toEqual([8, 4, 3]);
    expect(foldLog(HUMAN.slice(0, 1), set).judgement.ledger).toEqual([]);
  });

  it.each([[{ weights: { "bot.nobody": 1 }, shadow: [] }], [{ weights: {}, shadow: ["bot.nobody"] }]])(
    "may not name a rule that is none: %j",
    (variation) => {
      expect(() => varied(SET, variation)).toThrow("there is no rule bot.nobody");
    },
  );
});

describe("a log", () => {
  it("folds from its own first place, and nothing to nothing", () => {
    expect(foldLog([]).seq).toBe(0);
    expect(foldLog(logOf(start())).seq).toBe(1);
    expect(foldLog(HUMAN, new RuleSet([])).judgement.label).toBeNull();
  });
});

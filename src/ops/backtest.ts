import { type Judgement, type Label, SCORES, type ScoreName } from "../core/scoring/ledger";
import type { Rule } from "../core/scoring/rule";
import { RuleSet, ruleSet } from "../core/scoring/ruleset";
import type { Entry } from "../core/session/entry";
import { apply } from "../core/session/fold/fold";
import { newState, type SessionState } from "../core/session/fold/state";

/** Folds a session's log from its first entry, by its own rules or by others. */
export function foldLog(log: readonly Entry[], rules?: RuleSet): SessionState {
  const state = newState((log[0]?.seq ?? 1) - 1);
  for (const entry of log) apply(state, entry, rules);
  return state;
}

/** A value by the rules that the session was scored with, and by the rules that are tried. */
export interface BeforeAfter<T> {
  before: T;
  after: T;
}

export interface Backtest {
  sessions: number;
  /** Logs that lack their beginning (retention, erasure), and cannot be judged. */
  incomplete: number;
  /** Sessions by their label before and after, such as `human → suspect`. Without a label: `none`. */
  transitions: Record<string, number>;
  /** Sessions whose label changes, the first thousand. */
  changed: { session_id: string; before: string; after: string }[];
  /** By score: sessions in each tenth, 0-9, 10-19, …, 90-100. */
  distributions: Record<ScoreName, BeforeAfter<number[]>>;
  /** By rule, shadow rules too: sessions in which it stands at the end. */
  firings: Record<string, BeforeAfter<number>>;
}

const MAX_CHANGED = 1_000;

const tenths = (): number[] => new Array<number>(10).fill(0);
const pair = <T>(make: () => T): BeforeAfter<T> => ({ before: make(), after: make() });

export const newBacktest = (): Backtest => ({
  sessions: 0,
  incomplete: 0,
  transitions: {},
  changed: [],
  distributions: { engagement: pair(tenths), bot: pair(tenths), vpn: pair(tenths), risk: pair(tenths) },
  firings: {},
});

const nameOf = (label: Label | null): string => label ?? "none";

/** Adds a session: its log by the rules that it was scored with, and by `rules`. */
export function backtestOne(into: Backtest, session_id: string, log: readonly Entry[], rules: RuleSet): void {
  const life = lastLife(log);
  const [start] = life;
  if (start?.kind !== "start") {
    into.incomplete += 1;
    return;
  }
  const judged = {
    before: foldLog(life, ruleSet(start.rules_version)).judgement,
    after: foldLog(life, rules).judgement,
  };
  into.sessions += 1;
  const before = nameOf(judged.before.label);
  const after = nameOf(judged.after.label);
  const transition = `${before} → ${after}`;
  into.transitions[transition] = (into.transitions[transition] ?? 0) + 1;
  if (before !== after && into.changed.length < MAX_CHANGED) {
    into.changed.push({ session_id, before, after });
  }
  for (const side of ["before", "after"] as const) addJudgement(into, side, judged[side]);
}

/** The last life in a log: an id that was forgotten and began anew on the same day has two. D1 shows the last, too. */
function lastLife(log: readonly Entry[]): readonly Entry[] {
  const at = log.findLastIndex((entry) => entry.kind === "start");
  return at < 0 ? [] : log.slice(at);
}

function addJudgement(into: Backtest, side: "before" | "after", { scores, ledger }: Judgement): void {
  for (const score of SCORES) {
    const sessions = into.distributions[score][side];
    const tenth = Math.min(9, Math.floor((scores[score] ?? 0) / 10));
    sessions[tenth] = (sessions[tenth] ?? 0) + 1;
  }
  for (const { rule, withdrawn_at } of ledger) {
    if (withdrawn_at !== undefined) continue;
    into.firings[rule] ??= { before: 0, after: 0 };
    into.firings[rule][side] += 1;
  }
}

/** What is changed in a set of rules, to try it. */
export interface Variation {
  /** Points by rule. */
  weights: Readonly<Record<string, number>>;
  /** Rules that become shadow rules: recorded, and not counted. */
  shadow: readonly string[];
}

/** The set of rules with the changes. Throws for an unknown rule. */
export function varied(set: RuleSet, { weights, shadow }: Variation): RuleSet {
  const named = [...Object.keys(weights), ...shadow];
  const unknown = named.find((id) => !set.rules.some((rule) => rule.id === id));
  if (unknown !== undefined) throw new Error(`there is no rule ${unknown}`);
  return new RuleSet(
    set.rules.map((rule) => {
      const points = weights[rule.id];
      const heavier = points === undefined ? rule : weighted(rule, points);
      return shadow.includes(rule.id) ? { ...heavier, shadow: true as const } : heavier;
    }),
  );
}

/** A graded rule gives its share of the new points. */
const weighted = (rule: Rule, points: number): Rule => ({
  ...rule,
  points,
  test: (state) => {
    const finding = rule.test(state);
    return finding?.points === undefined
      ? finding
      : { ...finding, points: Math.round((finding.points * points) / rule.points) };
  },
});

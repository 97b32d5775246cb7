import { Topic } from "../signals/topic";
import { BEHAVIOUR_RULES } from "./behaviour-rules";
import { CLIENT_LAYERS, CLIENT_RULES } from "./client-rules";
import { ENGAGEMENT_RULES } from "./engagement";
import { RISK_RULES } from "./risk";
import type { Rule } from "./rule";
import { VPN_RULES } from "./vpn";

/**
 * Version of the rules; a session keeps the one it began with, so that its log gives the same scores for ever. To change
 * a rule: give the old one `until: N`, add the new one under the same id with `version: N + 1`, and set this to N + 1.
 */
export const RULES_VERSION = 1;

/** Every rule of every version. */
export const RULES: readonly Rule[] = [
  ...ENGAGEMENT_RULES,
  ...CLIENT_RULES,
  ...BEHAVIOUR_RULES,
  ...VPN_RULES,
  ...RISK_RULES,
];

/** The layers of the bot verdict; all of them are asked before there is one. */
export const BOT_LAYERS: Readonly<Record<string, readonly Rule[]>> = { ...CLIENT_LAYERS, behaviour: BEHAVIOUR_RULES };

/** The rules of one version, indexed by what they watch. */
export class RuleSet {
  readonly rules: readonly Rule[];
  readonly #byTopics = new Map<number, readonly Rule[]>();
  readonly #byId: ReadonlyMap<string, Rule>;

  constructor(rules: readonly Rule[]) {
    this.rules = rules;
    this.#byId = new Map(rules.map((rule) => [rule.id, rule]));
  }

  rule(id: string): Rule | undefined {
    return this.#byId.get(id);
  }

  /** Rules that watch at least one of the topics. Worked out once for each combination, of which there are few. */
  watching(topics: number): readonly Rule[] {
    let rules = this.#byTopics.get(topics);
    if (!rules) {
      rules = this.rules.filter(({ watch }) => watch.some((name) => Topic[name] & topics));
      this.#byTopics.set(topics, rules);
    }
    return rules;
  }
}

const sets = new Map<number, RuleSet>();

/** The set of a version; version 0, of sessions that began before there were rules, is empty. */
export function ruleSet(version: number): RuleSet {
  let set = sets.get(version);
  if (!set) {
    set = new RuleSet(RULES.filter((rule) => rule.version <= version && version <= (rule.until ?? version)));
    sets.set(version, set);
  }
  return set;
}

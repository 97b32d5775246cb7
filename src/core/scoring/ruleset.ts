import { Topic } from "../signals/topic";
import type { Rule } from "./rule";
import { AGENT_RULES } from "./rules/bot-agent";
import { BEHAVIOUR_RULES } from "./rules/bot-behaviour";
import { EDGE_RULES } from "./rules/bot-edge";
import { HEADER_RULES } from "./rules/bot-headers";
import { SIGNAL_RULES } from "./rules/bot-signals";
import { ENGAGEMENT_RULES } from "./rules/engagement";
import { RISK_RULES } from "./rules/risk";
import { VPN_CHANGE_RULES } from "./rules/vpn-changes";
import { VPN_DISTANCE_RULES } from "./rules/vpn-distance";
import { VPN_NETWORK_RULES } from "./rules/vpn-network";
import { VPN_SPREAD_RULES } from "./rules/vpn-spread";

/**
 * Version of the rules; a session keeps the one it began with, so that its log gives the same scores for ever. To add
 * a rule: give it `version: N + 1`, and set this to N + 1. To change one: also give the old one `until: N`, under the same id. The
 * rules of a file share `version` by a spread, so write the new one behind it.
 */
export const RULES_VERSION = 1;

/** The layers of the bot verdict, in the order of the ledger and of docs/rules.md; the verdict needs all of them. */
export const BOT_LAYERS: Readonly<Record<string, readonly Rule[]>> = {
  "user agent": AGENT_RULES,
  headers: HEADER_RULES,
  signals: SIGNAL_RULES,
  edge: EDGE_RULES,
  behaviour: BEHAVIOUR_RULES,
};

/** Every rule of every version, in the order in which they are asked. */
export const RULES: readonly Rule[] = [
  ...ENGAGEMENT_RULES,
  ...Object.values(BOT_LAYERS).flat(),
  ...VPN_NETWORK_RULES,
  ...VPN_DISTANCE_RULES,
  ...VPN_CHANGE_RULES,
  ...VPN_SPREAD_RULES,
  ...RISK_RULES,
];

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

  /** Rules that watch at least one of `topics` (bits). Cached for each combination, of which there are few. */
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

/** The rules of a version. Version 0 has none: it is for sessions from before there were rules. */
export function ruleSet(version: number): RuleSet {
  let set = sets.get(version);
  if (!set) {
    set = new RuleSet(RULES.filter((rule) => rule.version <= version && version <= (rule.until ?? version)));
    sets.set(version, set);
  }
  return set;
}

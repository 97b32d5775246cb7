import type { Need, Rule } from "./rule";
import type { Scored } from "./scored";

interface NeedText {
  /** Whether a session lacks it. */
  missing(state: Scored): boolean;
  why: string;
}

const NEEDS: Record<Need, NeedText> = {
  edge: { missing: ({ network }) => !network?.edge, why: "the runtime tells nothing of the connection (no cf)" },
  asn: { missing: ({ network }) => !network?.asn_class, why: "the network's class is not known" },
  bot_management: { missing: ({ network }) => network?.bot_score == null, why: "the zone has no bot management" },
  round_trip: { missing: ({ network }) => network?.rtt_ms == null, why: "no round-trip time was measured" },
  headers: { missing: ({ network }) => !network?.headers, why: "the headers of the request were not looked at" },
  signals: { missing: ({ signals }) => !signals, why: "the page sent no signals" },
  timezone: { missing: ({ network }) => network?.timezone_gap == null, why: "one of the two time zones is not known" },
  fingerprint: { missing: ({ identity }) => !identity?.fingerprint, why: "there is no answer for a fingerprint" },
  address: { missing: ({ identity }) => !identity?.address, why: "there is no answer for the address" },
};

/** Why a rule that needs it abstains. */
export const whyOf = (need: Need): string => NEEDS[need].why;

export const isMissing = (state: Scored, need: Need): boolean => NEEDS[need].missing(state);

export interface Abstention {
  rule: string;
  why: string;
}

const abstain = (rules: readonly Rule[], isLacking: (need: Need) => boolean): readonly Abstention[] =>
  rules.flatMap(({ id, needs = [] }) => {
    const need = needs.find(isLacking);
    return need ? [{ rule: id, why: NEEDS[need].why }] : [];
  });

/** Rules that abstain for this session, and why. Told apart from rules that looked and found nothing. */
export const abstentions = (state: Scored, rules: readonly Rule[]): readonly Abstention[] =>
  abstain(rules, (need) => isMissing(state, need));

/** Bit i stands for the i-th need. The bits are stored, so a new need goes to the end. */
const BITS = [
  "edge",
  "asn",
  "bot_management",
  "round_trip",
  "headers",
  "signals",
  "timezone",
  "fingerprint",
  "address",
] as const satisfies Need[];

/** The needs that these abstentions lacked, as bits. */
export function lackOf(abstained: readonly Abstention[]): number {
  const reasons = new Set(abstained.map(({ why }) => why));
  return BITS.reduce((lack, need, i) => lack | (reasons.has(NEEDS[need].why) ? 1 << i : 0), 0);
}

const known = new WeakMap<readonly Rule[], Map<number, readonly Abstention[]>>();

/** The abstentions for the bits of `lackOf`. Cached for each combination, of which there are few. */
export function abstentionsOf(lack: number, rules: readonly Rule[]): readonly Abstention[] {
  const byLack = known.get(rules) ?? new Map<number, readonly Abstention[]>();
  known.set(rules, byLack);
  const found = byLack.get(lack) ?? abstain(rules, (need) => (lack & (1 << BITS.indexOf(need))) !== 0);
  byLack.set(lack, found);
  return found;
}

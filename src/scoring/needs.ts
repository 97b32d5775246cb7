import type { SessionState } from "../session/state";
import type { Need, Rule } from "./rule";

interface NeedText {
  /** Whether a session lacks it. */
  missing(state: SessionState): boolean;
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

export const isMissing = (state: SessionState, need: Need): boolean => NEEDS[need].missing(state);

/** Rules that say nothing of this session, and why: silence of a rule that could not look is no acquittal. */
export function abstentions(state: SessionState, rules: readonly Rule[]): { rule: string; why: string }[] {
  return rules.flatMap(({ id, needs = [] }) => {
    const need = needs.find((one) => isMissing(state, one));
    return need ? [{ rule: id, why: NEEDS[need].why }] : [];
  });
}

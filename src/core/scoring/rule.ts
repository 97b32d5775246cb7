import type { TopicName } from "../signals/topic";
import type { ScoreName } from "./ledger";
import type { Scored } from "./scored";

/** What a rule needs to know. If it is not known, the rule abstains, and the session says so. */
export type Need =
  | "edge"
  | "asn"
  | "bot_management"
  | "round_trip"
  | "headers"
  | "signals"
  | "timezone"
  | "fingerprint"
  | "address";

export interface Finding {
  /** What was seen, in a sentence a person can check. Never an identifier. */
  evidence: string;
  /** For a graded rule: what it gives now, at most the rule's points. */
  points?: number;
}

/** The finding of a rule that always gives its full points. */
export const saw = (evidence: string): Finding => ({ evidence });

export interface Rule {
  id: string;
  /** The first version of the rule set that has the rule in this form. A session keeps the version it began with. */
  version: number;
  /** The last version of the rule set that has it; absent if the newest still does. */
  until?: number;
  score: ScoreName;
  /** 1-100; for a graded rule the most it can add. */
  points: number;
  /** `convicting` counts by itself, however few its points are; `supporting` only beside a convicting rule of the same score. */
  class: "convicting" | "supporting";
  /** A shadow rule is recorded in the ledger, but never counted. */
  shadow?: true;
  /** What may change the finding: what makes it, and what takes it back. */
  watch: readonly TopicName[];
  needs?: readonly Need[];
  /** Pure: null when it does not hold. */
  test(state: Scored): Finding | null;
  /** For people, and for docs/rules.md: what it looks for, where it comes from, and an example. */
  about: string;
  source: string;
  example: string;
}

import type { TopicName } from "../signals/topic";
import type { ScoreName } from "./ledger";
import type { Scored } from "./scored";

/** What a rule cannot do without. Missing, it abstains, and the session says so. */
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

export interface Rule {
  id: string;
  /** The rule set's version in which it came to be as it is; a session keeps the set it began with. */
  version: number;
  /** The last version it was part of; absent while it is. */
  until?: number;
  score: ScoreName;
  /** 1-100: what it adds, at most. */
  points: number;
  class: "convicting" | "supporting";
  /** Recorded, not counted. */
  shadow?: true;
  watch: readonly TopicName[];
  needs?: readonly Need[];
  /** Pure: null when it does not hold. */
  test(state: Scored): Finding | null;
  /** For people: what it looks for, where it comes from, and a case. */
  about: string;
  source: string;
  example: string;
}

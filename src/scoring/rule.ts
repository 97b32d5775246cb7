import type { SessionState } from "../session/state";
import type { ScoreName } from "./ledger";

/**
 * What rules watch, as bits: an entry names what it may have changed, and only rules that watch one of those are asked.
 */
export const Topic = {
  /** Device, screen and signals, from a start. */
  client: 1,
  /** What the edge tells of the connection. */
  network: 2,
  /** An identity actor's answer. */
  identity: 4,
  /** Any act of the visitor: engaged time and velocity move with it. */
  act: 8,
  pointer: 16,
  click: 32,
  scroll: 64,
  form: 128,
  /** Deliberate acts: clicks, fields, pages, custom events. */
  deed: 256,
  /** The page was left and seen again. */
  visibility: 512,
  /** A form was sent, or a lead arrived. */
  lead: 1_024,
  /** The other scores; risk reads them. */
  scores: 2_048,
} as const;

export type TopicName = keyof typeof Topic;

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
  test(state: SessionState): Finding | null;
  /** For people: what it looks for, where it comes from, and a case. */
  about: string;
  source: string;
  example: string;
}

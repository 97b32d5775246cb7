import { judge, open } from "../../scoring/judge";
import type { RuleSet } from "../../scoring/ruleset";
import { observe } from "../../signals/behaviour";
import { Topic } from "../../signals/topic";
import type { Entry } from "../entry";
import type { SessionState } from "./state";

const EVERYTHING = Object.values(Topic).reduce((all, bit) => all | bit, 0);

/**
 * Folds one entry into the scores, after the state has taken it in. Deterministic like the fold. Late events, after the session's
 * end, change no score; answers about the session and its lead still do.
 */
export function score(state: SessionState, entry: Entry, set: RuleSet): void {
  if (set.rules.length === 0) return;
  if (entry.kind === "start") open(state);
  const topics = topicsOf(state, entry);
  if (topics !== 0) judge(state, topics, set, entry.at);
}

function topicsOf(state: SessionState, entry: Entry): number {
  switch (entry.kind) {
    case "start":
      return EVERYTHING;
    case "detail":
      return state.ended_at === null ? Topic.client | Topic.network : 0;
    case "network":
      return state.ended_at === null ? Topic.network : 0;
    case "identity":
      return Topic.identity;
    case "lead":
      return Topic.lead;
    case "event":
      return entry.late || entry.stream === "server" ? 0 : observe(state, entry);
    default:
      return 0;
  }
}

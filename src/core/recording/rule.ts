import { RECORDING_MAX_BYTES } from "../../limits";
import type { RecordOrder, RecordSetting } from "../../protocol/recording";
import type { Consent } from "../../protocol/values";
import type { Judgement } from "../scoring/ledger";
import type { Recording } from "./state";

/** Chunks of one session: five hours at one every 20 s, which cost $0.0045 of R2 writes. */
export const RECORDING_MAX_CHUNKS = 1_000;
/** Bytes of one session: a visit of ten minutes has about one megabyte. Kept 90 days, this much costs $0.0015. */
export const RECORDING_MAX_SESSION_BYTES = 32 * 1024 * 1024;

/** A site's setting as its sessions' actors follow it. */
export interface RecordRule {
  /** Null: every session, whatever it scores. */
  above: { score: "risk" | "engagement"; over: number } | null;
  text: RecordOrder["text"];
}

/** The part of a session that decides whether it is recorded. */
interface Recordable {
  judgement: Judgement;
  consent: Consent;
  ended_at: number | null;
}

/** Null: the site records nothing. */
export function ruleOf(setting: RecordSetting): RecordRule | null {
  if (setting === false) return null;
  if (setting === true) return { above: null, text: "shown" };
  const { text } = setting;
  return setting.mode === "always"
    ? { above: null, text }
    : { above: { score: setting.score, over: setting.over }, text };
}

export const isFull = ({ chunks, bytes }: Recording): boolean =>
  chunks >= RECORDING_MAX_CHUNKS || bytes + RECORDING_MAX_BYTES > RECORDING_MAX_SESSION_BYTES;

/** Whether this session is to be recorded. Once it is, a score that falls again ends nothing. */
export function isDue({ above }: RecordRule, state: Recordable, recording: Recording | undefined): boolean {
  if (!above || recording?.since != null) return true;
  return (state.judgement.scores[above.score] ?? 0) > above.over;
}

/** What the page is told; null while nothing is to be recorded. */
export function orderOf(
  rule: RecordRule | null,
  state: Recordable,
  recording: Recording | undefined,
): RecordOrder | null {
  if (!rule || state.consent !== "granted" || state.ended_at !== null || (recording && isFull(recording))) return null;
  return { send: isDue(rule, state, recording), text: rule.text };
}

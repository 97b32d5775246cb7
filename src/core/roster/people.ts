import type { Bots } from "../api/filter";
import type { Presence, RosterReport } from "./entry";

/** Pure. Tells which sessions of the roster are people who are here now, and how many people these are. */

/** The part of a report that tells whether its session was left for another. */
export type Stay = Pick<RosterReport, "who" | "is_claim" | "active_at"> & {
  presence: Pick<Presence, "session_id" | "site" | "started_at">;
};

/**
 * By how much the old session's last batch may arrive after the new session's first, ms: as much as a call takes on a slow network.
 */
const LEFT_SLACK_MS = 2_000;

/**
 * Whether a visitor has left `one` for `other`: a session on the same site that began no earlier than the last act of `one`. The
 * tracker begins a new session when another campaign brings the visitor, and the end that it sends for the old one may be lost. A
 * visitor who goes on in both (one visitor id on two devices) is in both.
 */
export const isLeftFor = (one: Stay, other: Stay): boolean =>
  one.who !== null &&
  one.who === other.who &&
  // A session that only claims to be the visitor's must not hide a session of theirs.
  one.is_claim === other.is_claim &&
  one.presence.site === other.presence.site &&
  one.presence.session_id !== other.presence.session_id &&
  one.presence.started_at < other.presence.started_at &&
  one.active_at <= other.presence.started_at + LEFT_SLACK_MS;

/** A session that is here, and its visitor. */
export interface Here {
  presence: Presence;
  /** The same for all sessions of a visitor. Without consent there is no visitor id, and each session counts as a visitor. */
  visitor: string;
}

/** A visitor and all sessions that only claim to be them count as two visitors: a claim is counted, and takes nobody's place. */
export const visitorOf = ({ who, is_claim, presence }: Stay): string =>
  who === null ? presence.session_id : is_claim ? `claim ${who}` : who;

export const isAsked = ({ label }: Pick<Presence, "label">, bots: Bots): boolean =>
  bots === "include" || (label === "bot") === (bots === "only");

export const countVisitors = (here: Iterable<Here>): number => new Set([...here].map(({ visitor }) => visitor)).size;

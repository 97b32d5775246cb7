import type { Bots } from "../api/filter";
import type { Presence, Report } from "./entry";

/** Pure: which sessions of the roster are people who are here now, and how many people these are. */

/** A session on the roster, as far as it is asked whether it was left for another. */
export type Stay = Pick<Report, "who" | "is_claim" | "active_at"> & {
  presence: Pick<Presence, "session_id" | "site" | "started_at">;
};

/** The old session's last batch may arrive after the new one's first: by as much as a call takes on a slow network. */
const LEFT_SLACK_MS = 2_000;

/**
 * Whether a visitor has left `one` for `other`: a session on the same site that began when `one` had done its last. The
 * tracker begins one where another campaign brings the visitor, and the end that it sends of the old one may be lost.
 * Who goes on in both (one visitor id on two devices) is in both.
 */
export const isLeftFor = (one: Stay, other: Stay): boolean =>
  one.who !== null &&
  one.who === other.who &&
  // Who only says that they are the visitor hides no session of theirs.
  one.is_claim === other.is_claim &&
  one.presence.site === other.presence.site &&
  one.presence.session_id !== other.presence.session_id &&
  one.presence.started_at < other.presence.started_at &&
  one.active_at <= other.presence.started_at + LEFT_SLACK_MS;

/** A session that is here, and whose it is. */
export interface Here {
  presence: Presence;
  /** The same for all sessions of a visitor; without consent there is no visitor id, and each session is one. */
  visitor: string;
}

/** One visitor and all who only claim to be them are two: a claim is counted, and takes nobody's place. */
export const visitorOf = ({ who, is_claim, presence }: Stay): string =>
  who === null ? presence.session_id : is_claim ? `claim ${who}` : who;

export const isAsked = ({ label }: Pick<Presence, "label">, bots: Bots): boolean =>
  bots === "include" || (label === "bot") === (bots === "only");

export const countVisitors = (here: Iterable<Here>): number => new Set([...here].map(({ visitor }) => visitor)).size;

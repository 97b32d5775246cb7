import { dayOf } from "../../time";
import type { IdentityKind } from "../identity/record";
import { isProvable } from "./visitor-id";

/**
 * A session's id is free again a day after the session's end, and then anybody's: each time it begins is a life of its own, of
 * whoever began it. Lives are told apart by the day (UTC) they began, as the archive keeps them. Pure.
 */

export interface LifeIdentity {
  kind: IdentityKind;
  value: string;
  group: string;
}

export interface Life {
  /** When it began, epoch ms; or the beginning of that day. */
  start: number;
  /** Whom it told of itself. */
  identities: LifeIdentity[];
  /** Visitors it has named. */
  visitors: string[];
  /** Those of them that it has shown to be, by their secret. */
  proven: string[];
  /** Submits sent from its pages, as far as its actor remembers. */
  leads: string[];
}

/** What D1's row says of the newest life that it has heard of. */
export interface LifeRow {
  site: string;
  started_at: number;
  fingerprint_id: string | null;
  ip: string | null;
  unproven: boolean;
}

export const newLife = (start: number): Life => ({ start, identities: [], visitors: [], proven: [], leads: [] });

export const isSameLife = (one: number, other: number): boolean => dayOf(one) === dayOf(other);

export const latestOf = (starts: readonly number[]): number => Math.max(...starts, 0);

/** The lives, with what the row of a visitor's session says of the one it is of. */
export function withRow(lives: readonly Life[], visitor_id: string, row: LifeRow | null): Life[] {
  if (!row) return [...lives];
  const known = lives.find(({ start }) => isSameLife(start, row.started_at)) ?? newLife(row.started_at);
  const isNamed = (value: string): boolean => known.identities.some((one) => one.value === value);
  // The site by itself: of what it shared, the actor or the archive have told.
  const more = (kind: IdentityKind, value: string | null): LifeIdentity[] =>
    value === null || isNamed(value) ? [] : [{ kind, value, group: row.site }];
  const said: Life = {
    ...known,
    identities: [...known.identities, ...more("fingerprint", row.fingerprint_id), ...more("address", row.ip)],
    visitors: [...known.visitors, visitor_id],
    proven: row.unproven || !isProvable(visitor_id) ? known.proven : [...known.proven, visitor_id],
  };
  return [...lives.filter((one) => one !== known), said];
}

/** Whether the newest life is the visitor's own. `current`: when the one began that is under way; null for none. */
export function isLatestTheirs(lives: readonly Life[], visitor_id: string, current: number | null): boolean {
  const latest = current ?? latestOf(lives.map(({ start }) => start));
  return sortLives(lives, visitor_id).theirs.some(({ start }) => isSameLife(start, latest));
}

/** Whose the lives are: the visitor's own, those that only claim to be, and everybody else's. */
export function sortLives(
  lives: readonly Life[],
  visitor_id: string,
): Record<"theirs" | "claimed" | "others", readonly Life[]> {
  // Where nobody can prove anything, whoever names the visitor is the visitor.
  const isTheirs = ({ visitors, proven }: Life): boolean =>
    isProvable(visitor_id) ? proven.includes(visitor_id) : visitors.includes(visitor_id);
  const theirs = lives.filter(isTheirs);
  const claimed = lives.filter((one) => !isTheirs(one) && one.visitors.includes(visitor_id));
  const named = new Set([...theirs, ...claimed]);
  return { theirs, claimed, others: lives.filter((one) => !named.has(one)) };
}

import { dayOf } from "../../../time";
import type { IdentityKind } from "../../identity/record";
import { isProvable } from "./visitor-id";

/**
 * A session's id is free again a day after the session's end, and anybody may begin it anew: each beginning is a life of its own.
 * Lives are told apart by the day (UTC) on which they began, as in the archive. Pure.
 */

export interface LifeIdentity {
  kind: IdentityKind;
  value: string;
  group: string;
}

export interface Life {
  /** When it began, epoch ms; or the beginning of that day. */
  start: number;
  /** The identities that have been told of it. */
  identities: LifeIdentity[];
  /** Visitors it has named. */
  visitors: string[];
  /** Those of `visitors` whose secret it has shown. */
  proven: string[];
  /** Submits sent from its pages, as far as its actor remembers. */
  leads: string[];
}

/** What D1's row says of the newest life that it knows. */
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

/** Adds what D1's row says to the life that the row is of. The row names the visitor. */
export function withRow(lives: readonly Life[], visitor_id: string, row: LifeRow | null): Life[] {
  if (!row) return [...lives];
  const known = lives.find(({ start }) => isSameLife(start, row.started_at)) ?? newLife(row.started_at);
  const isNamed = (value: string): boolean => known.identities.some((one) => one.value === value);
  // Use the site's own group: if the site shared identities, the actor or the archive has named the group.
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

/** Whether the newest life is the visitor's own. `current`: when the life under way began; null for none. */
export function isLatestTheirs(lives: readonly Life[], visitor_id: string, current: number | null): boolean {
  const latest = current ?? latestOf(lives.map(({ start }) => start));
  return sortLives(lives, visitor_id).theirs.some(({ start }) => isSameLife(start, latest));
}

/** Sorts lives by whose they are: the visitor's own, those that only claim to be, and everybody else's. */
export function sortLives(
  lives: readonly Life[],
  visitor_id: string,
): Record<"theirs" | "claimed" | "others", readonly Life[]> {
  // An id that cannot be proven belongs to every life that names it.
  const isTheirs = ({ visitors, proven }: Life): boolean =>
    isProvable(visitor_id) ? proven.includes(visitor_id) : visitors.includes(visitor_id);
  const theirs = lives.filter(isTheirs);
  const claimed = lives.filter((one) => !isTheirs(one) && one.visitors.includes(visitor_id));
  const named = new Set([...theirs, ...claimed]);
  return { theirs, claimed, others: lives.filter((one) => !named.has(one)) };
}

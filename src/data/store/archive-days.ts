import { DAY_MS, type Day, dayOf } from "../../time";
import { sessionPrefix } from "./archive";

export { type Day, dayOf };

/** R2's objects by the day in their key, oldest first: what retention deletes and the storage report counts. */

const ROOT = "sessions/";
const DAY_KEY = /^sessions\/(\d{4})\/(\d{2})\/(\d{2})\//;

/** The day that a key belongs to; null for a key that is not one of ours. */
export function dayOfKey(key: string): Day | null {
  const [, year, month, day] = DAY_KEY.exec(key) ?? [];
  return year === undefined ? null : `${year}-${month}-${day}`;
}

/**
 * The prefix of a day's keys. A listing after `beforeDay` begins with the day, and one after `afterDay` behind it: "~" sorts after
 * every session id.
 */
const prefixOfDay = (day: Day): string => `${ROOT}${day.replaceAll("-", "/")}/`;
export const beforeDay = (day: Day): string => prefixOfDay(day).slice(0, -1);
export const afterDay = (day: Day): string => `${prefixOfDay(day)}~`;

export interface ObjectPage {
  objects: { key: string; size: number }[];
  /** The key to go on after; null at the end. */
  next: string | null;
}

/** Up to `limit` (at most 1,000) objects after a key: of every day, or of one. */
export async function listObjects(
  bucket: R2Bucket,
  after: string | null,
  limit: number,
  day?: Day,
): Promise<ObjectPage> {
  const prefix = day === undefined ? ROOT : prefixOfDay(day);
  const page = await bucket.list({ prefix, limit, ...(after !== null && { startAfter: after }) });
  const last = page.objects.at(-1)?.key ?? null;
  return { objects: page.objects, next: page.truncated ? last : null };
}

/** The sessions of some days, oldest day first, after a prefix that has been done. */
export async function* sessionPrefixes(
  bucket: R2Bucket,
  { from, to }: { from: Day; to: Day },
  after: string | null,
): AsyncGenerator<{ prefix: string; session_id: string }> {
  for (let day = from; day <= to; day = dayOf(Date.parse(day) + DAY_MS)) {
    const prefix = prefixOfDay(day);
    if (after !== null && after > afterDay(day)) continue;
    let cursor: string | undefined;
    do {
      const page: R2Objects = await bucket.list({ prefix, delimiter: "/", ...(cursor && { cursor }) });
      for (const found of page.delimitedPrefixes.toSorted()) {
        if (after === null || found > after) yield { prefix: found, session_id: found.slice(prefix.length, -1) };
      }
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor);
  }
}

/** Those of `days` (epoch ms) on which a session of this id began, whatever of it is there. It costs one listing a day. */
export async function daysOfSession(bucket: R2Bucket, session_id: string, days: readonly number[]): Promise<number[]> {
  const isThere = async (day: number): Promise<boolean> =>
    (await bucket.list({ prefix: sessionPrefix(session_id, day), limit: 1 })).objects.length > 0;
  const there = await Promise.all(days.map(isThere));
  return days.filter((_, i) => there[i]);
}

/** At most 1,000 keys. */
export const deleteObjects = (bucket: R2Bucket, keys: string[]): Promise<void> => bucket.delete(keys);

import { afterDay, beforeDay, type Day, dayOf, dayOfKey, listObjects } from "../data/store/archive-days";
import { listDays, type StorageDay, saveDay } from "../data/store/retention";
import { RETENTION_PAGE } from "../limits";
import { DAY_MS } from "../time";
import type { RetentionStores, RetentionWork } from "./retention-work";

/** How many days after its end a day may still gain objects: a session's day, its stay, and an outage of a store. */
const DAY_OPEN_DAYS = 3;
/** Pages that are listed for one answer, of days without a final count: up to 20,000 objects. */
const STORAGE_LIVE_PAGES = 20;

/** The first day that may still gain objects. */
const openFrom = (now: number): Day => dayOf(now - DAY_OPEN_DAYS * DAY_MS);

/**
 * Counts the archive day by day, and saves each day's count. Days with a final count are passed over. True if all days have been
 * counted.
 */
export async function countDays({ stores, run, budget, bounds, save }: RetentionWork): Promise<boolean> {
  const { DB, TRACKING_R2 } = stores;
  const { report } = run;
  const first = dayOf(run.cutoff);
  const last = dayOf(run.started_at + DAY_MS);
  if (!budget.take(2)) return false;
  const known = new Set((await listDays(DB, first, last)).filter(isClosed).map(({ day }) => day));
  report.count ??= { after: beforeDay(first), day: null, objects: 0, bytes: 0 };
  for (const count = report.count; ; ) {
    if (!budget.take(3)) return false;
    const page = await listObjects(TRACKING_R2, count.after, bounds.page);
    for (const { key, size } of page.objects) {
      const day = dayOfKey(key);
      if (day === null || known.has(day)) continue;
      if (count.day !== day) {
        if (count.day !== null) await saveDay(DB, { ...toDay(count, count.day), counted_at: run.started_at });
        Object.assign(count, { day, objects: 0, bytes: 0 });
      }
      count.objects += 1;
      count.bytes += size;
    }
    if (page.next === null) break;
    const reached = dayOfKey(page.next);
    count.after = reached !== null && known.has(reached) ? afterDay(reached) : page.next;
    if (!(await save())) return false;
  }
  const { day } = report.count;
  if (day !== null) await saveDay(DB, { ...toDay(report.count, day), counted_at: run.started_at });
  const kept = await listDays(DB, first, last);
  report.objects_kept = kept.reduce((sum, { objects }) => sum + objects, 0);
  report.bytes_kept = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  report.count = null;
  return true;
}

const toDay = ({ objects, bytes }: { objects: number; bytes: number }, day: Day) => ({ day, objects, bytes });

/** The count is final: it was made when the day could no longer gain objects. */
const isClosed = ({ day, counted_at }: StorageDay): boolean => day < openFrom(counted_at);

export interface ReportedDay extends StorageDay {
  /** False if the pages ran out within the day. */
  complete: boolean;
}

/**
 * What the archive holds in [from, to], by day: the saved count if it is final, else counted now, as far as `STORAGE_LIVE_PAGES`
 * pages go.
 */
export async function storageDays(
  { DB, TRACKING_R2 }: RetentionStores,
  from: Day,
  to: Day,
  now: number,
): Promise<ReportedDay[]> {
  const closed = (await listDays(DB, from, to)).filter(isClosed).map((day) => ({ ...day, complete: true }));
  const known = new Set(closed.map(({ day }) => day));
  const counted = new Map<Day, ReportedDay>();
  let after = beforeDay(from);
  let isOver = false;
  for (let pages = 0; pages < STORAGE_LIVE_PAGES && !isOver; pages++) {
    const page = await listObjects(TRACKING_R2, after, RETENTION_PAGE);
    for (const { key, size } of page.objects) {
      const day = dayOfKey(key);
      if (day === null || day > to || known.has(day)) continue;
      const sum = counted.get(day) ?? { day, objects: 0, bytes: 0, counted_at: now, complete: true };
      counted.set(day, { ...sum, objects: sum.objects + 1, bytes: sum.bytes + size });
    }
    const reached = page.next === null ? null : dayOfKey(page.next);
    isOver = page.next === null || (reached !== null && reached > to);
    after = reached !== null && known.has(reached) ? afterDay(reached) : (page.next ?? after);
  }
  const newest = [...counted.keys()].at(-1);
  const cut = newest === undefined ? undefined : counted.get(newest);
  if (!isOver && cut) cut.complete = false;
  return [...closed, ...counted.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
}

import { afterDay, beforeDay, type Day, dayOf, dayOfKey, listObjects } from "../data/store/archive-days";
import { listDays, type StorageDay, saveDay } from "../data/store/retention";
import { RETENTION_PAGE } from "../limits";
import { DAY_MS } from "../time";
import type { Stores, Work } from "./retention-work";

/** A day may still gain objects this long after it: a session of a day, its linger, and a store's outage. */
const DAY_OPEN_DAYS = 3;
/** Pages listed for one answer of the storage report: the days that no nightly count has yet, up to 20,000 objects. */
const STORAGE_LIVE_PAGES = 20;

/** Days from here on may still gain objects. */
const openFrom = (now: number): Day => dayOf(now - DAY_OPEN_DAYS * DAY_MS);

/**
 * Counts what the archive holds, day by day, and writes each day down. Days that were counted when they could no longer
 * change are passed over. True when all of it has been counted.
 */
export async function countDays({ stores, run, budget, bounds, save }: Work): Promise<boolean> {
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

/** Counted when it could no longer change. */
const isClosed = ({ day, counted_at }: StorageDay): boolean => day < openFrom(counted_at);

export interface ReportedDay extends StorageDay {
  complete: boolean;
}

/**
 * What the archive holds in [from, to], by day: days that the nightly count has closed from there, the others counted
 * now, as far as `STORAGE_LIVE_PAGES` pages go.
 */
export async function storageDays(
  { DB, TRACKING_R2 }: Stores,
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

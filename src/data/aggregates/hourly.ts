import { type KnownHours, sumsByName } from "../../core/anomaly/find";
import type { Sums } from "../../core/anomaly/kinds";
import { addSums } from "../../core/rollup/slice";
import { DAY_MS, HOUR_MS } from "../../time";
import { countDeadLetters } from "../store/dead-letters";
import { hoursOf } from "./collect";
import { readRolled } from "./read";

/**
 * The sums of each hour in [from, to) that is rolled up, from rollups alone: one row for each day, class and site, and one for each
 * hour of days that are open. Hours that are not rolled up are not known, and are left out.
 */
export async function readHourly(
  db: D1Database,
  from: number,
  to: number,
  site: string | undefined,
): Promise<KnownHours> {
  const question = { from, to, filter: { ...(site !== undefined && { site }) }, bots: "include" } as const;
  const [{ plan, days, hours }, dead] = await Promise.all([
    readRolled(db, question, { parts: [], sketch: [], hours: true }),
    countDeadLetters(db, from, to, site),
  ]);
  const byDay = hoursOf(days);
  const byHour = [new Map<number, number[]>(), new Map<number, number[]>()] as const;
  for (const { period, is_bot, totals } of hours) {
    const sums = byHour[is_bot].get(period) ?? [];
    addSums(sums, (JSON.parse(totals) as [number[]])[0]);
    byHour[is_bot].set(period, sums);
  }
  const known = new Map<number, Sums>();
  const whole = plan.days.flatMap((day) => Array.from({ length: DAY_MS / HOUR_MS }, (_, i) => day + i * HOUR_MS));
  for (const at of [...whole, ...plan.hours]) {
    const of = (is_bot: 0 | 1) => sumsByName(byDay[is_bot].get(at)?.sums ?? byHour[is_bot].get(at) ?? []);
    known.set(at, { people: of(0), bots: of(1), dead: dead.get(at) ?? 0 });
  }
  return known;
}

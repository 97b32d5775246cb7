const HOUR = 3_600_000;

/** How much of a day's traffic an hour of local time has. */
const WEIGHTS = [2, 1, 1, 1, 1, 2, 4, 8, 14, 18, 20, 20, 18, 18, 19, 18, 17, 16, 15, 16, 17, 15, 9, 4];

/**
 * Sessions of each hour of a year that ends at `until` (epoch ms, a whole hour): more towards its end, fewer at weekends and
 * at night.
 */
export function sessionsByHour(total: number, until: number) {
  const hours = 365 * 24;
  const weights = Array.from({ length: hours }, (_, i) => {
    const at = new Date(until - (hours - i) * HOUR);
    const weekend = at.getUTCDay() % 6 === 0 ? 0.6 : 1;
    // Most visitors are an hour or two east of Greenwich.
    return (0.7 + (0.6 * i) / hours) * weekend * (WEIGHTS[(at.getUTCHours() + 1) % 24] ?? 1);
  });
  const sum = weights.reduce((all, weight) => all + weight, 0);
  let due = 0;
  let given = 0;
  return weights.map((weight) => {
    due += (weight / sum) * total;
    const count = Math.round(due) - given;
    given += count;
    return count;
  });
}

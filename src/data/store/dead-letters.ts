/** Dead letters counted for one answer: an endpoint that is down for a day makes hundreds. */
const ANOMALY_MAX_DEAD = 5_000;

/** Deliveries that became dead letters in [from, to), by the start of their hour. Reads a bounded number of them. */
export async function countDeadLetters(
  db: D1Database,
  from: number,
  to: number,
  site: string | undefined,
): Promise<Map<number, number>> {
  const { results } = await db
    .prepare(
      `SELECT updated_at / 3600000 * 3600000 AS hour, count(*) AS n FROM (
         SELECT updated_at FROM deliveries WHERE state = 'dead' AND lead_id IS NOT NULL
         ${site === undefined ? "" : "AND site = ?4"} AND updated_at >= ?1 AND updated_at < ?2 LIMIT ?3
       ) GROUP BY 1`,
    )
    .bind(from, to, ANOMALY_MAX_DEAD, ...(site === undefined ? [] : [site]))
    .all<{ hour: number; n: number }>();
  return new Map(results.map(({ hour, n }) => [hour, n]));
}

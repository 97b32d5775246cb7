import type { Breaker } from "../../core/leads/breaker";
import type { Delivery } from "../../core/leads/delivery";
import type { EndpointName } from "./endpoint";

/** D1's picture of deliveries and endpoints, written by their own actors. Every statement may be repeated at will. */

/** Whose outbox a delivery is in. */
export interface Sender {
  site: string;
  /** Null for an alert. */
  lead_id: string | null;
}

/** A write that comes late does not undo a later one. */
const UPSERT_DELIVERY = `
  INSERT INTO deliveries (delivery_id, site, lead_id, endpoint_id, type, seq, state, attempts, created_at, updated_at,
                          next_at, delivered_at, status, reason, response)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
  ON CONFLICT (delivery_id) DO UPDATE SET
    state = excluded.state, attempts = excluded.attempts, updated_at = excluded.updated_at, next_at = excluded.next_at,
    delivered_at = excluded.delivered_at, status = excluded.status, reason = excluded.reason, response = excluded.response
  WHERE excluded.updated_at >= deliveries.updated_at`;

export async function projectDeliveries(
  db: D1Database,
  { site, lead_id }: Sender,
  deliveries: readonly (Delivery & { type: string })[],
): Promise<void> {
  await db.batch(
    deliveries.map((one) =>
      db
        .prepare(UPSERT_DELIVERY)
        .bind(
          one.delivery_id,
          site,
          lead_id,
          one.endpoint_id,
          one.type,
          one.seq,
          one.state,
          one.attempts,
          one.created_at,
          one.updated_at,
          one.next_at,
          one.delivered_at,
          one.status,
          one.reason,
          one.response,
        ),
    ),
  );
}

export async function projectEndpoint(
  db: D1Database,
  { site, endpoint_id }: EndpointName,
  { state, failures, since, until, reason }: Breaker,
  now: number,
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO webhook_endpoints (site, endpoint_id, state, failures, since, until, reason, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
       ON CONFLICT (site, endpoint_id) DO UPDATE SET state = excluded.state, failures = excluded.failures,
         since = excluded.since, until = excluded.until, reason = excluded.reason, updated_at = excluded.updated_at
       WHERE excluded.updated_at >= webhook_endpoints.updated_at`,
    )
    .bind(site, endpoint_id, state, failures, since, until, reason, now)
    .run();
}

/** Deletes the deliveries of some messages of a lead, with what receivers have answered to them. */
export async function deleteDeliveries(db: D1Database, lead_id: string, seqs: readonly number[]): Promise<void> {
  if (seqs.length === 0) return;
  await db
    .prepare("DELETE FROM deliveries WHERE lead_id = ? AND seq IN (SELECT value FROM json_each(?))")
    .bind(lead_id, JSON.stringify(seqs))
    .run();
}

import { formReader, isNumber, isText, oneOf, orNull, unchanged } from "../stored";

/** A message on its way to one endpoint. */

/** The reason of a dead letter whose endpoint somebody has paused. */
export const PAUSED = "endpoint_paused";

type DeliveryState = "pending" | "delivered" | "dead";

export interface Delivery {
  v: 1;
  /** Also the `webhook-id`. */
  delivery_id: string;
  /** The message's number within its lead: an endpoint gets a lead's messages in this order. */
  seq: number;
  endpoint_id: string;
  state: DeliveryState;
  /** Attempts made so far, the one under way included. */
  attempts: number;
  created_at: number;
  updated_at: number;
  /** When the next attempt is due, epoch ms; null when there is none to come. */
  next_at: number | null;
  delivered_at: number | null;
  /** HTTP status of the last answer; null if there was none. */
  status: number | null;
  /** The reason of the last failure: `timeout`, `network`, `http_503`, `endpoint_disabled`, … */
  reason: string | null;
  /** First bytes of the last refusal. */
  response: string | null;
}

/** Before version 1 a delivery had the same fields and no version. */
export const readDelivery = formReader<Delivery>({
  name: "delivery",
  version: 1,
  shape: {
    delivery_id: isText,
    seq: isNumber,
    endpoint_id: isText,
    state: oneOf("pending", "delivered", "dead"),
    attempts: isNumber,
    created_at: isNumber,
    updated_at: isNumber,
    next_at: orNull(isNumber),
    delivered_at: orNull(isNumber),
    status: orNull(isNumber),
    reason: orNull(isText),
    response: orNull(isText),
  },
  migrations: { 0: unchanged },
});

/**
 * The id is made of the subject (a lead's id), its message's number and the endpoint, so that making a delivery twice makes one. It
 * has no dot, because dots divide the id from the rest in what Standard Webhooks signs.
 */
export const delivery_id = (subject: string, seq: number, endpoint_id: string): string =>
  `msg_${subject.replaceAll("-", "")}_${seq}_${endpoint_id}`;

export const newDelivery = (subject: string, seq: number, endpoint_id: string, now: number): Delivery => ({
  v: 1,
  delivery_id: delivery_id(subject, seq, endpoint_id),
  seq,
  endpoint_id,
  state: "pending",
  attempts: 0,
  created_at: now,
  updated_at: now,
  next_at: now,
  delivered_at: null,
  status: null,
  reason: null,
  response: null,
});

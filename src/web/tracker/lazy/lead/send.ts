import { sizeOf } from "../../http";
import { uuid } from "../../ids";
import { KEEPALIVE_BYTES, LEAD_WAIT_MS } from "../../limits";
import type { Values } from "./values";
import { type Visit, visitOf } from "./visit";

/** A field whose value the server refuses. */
export interface Fault {
  path: string;
  message: string;
}

export type Sent =
  | { kind: "taken"; lead: { lead_id: string; status: string } }
  | { kind: "refused"; faults: Fault[] }
  | { kind: "failed" };

export type Lead = Values & Visit & { submission_id: string };

/**
 * Names a form's submits. The id stays the same while the values do, so that a repeat counts once, whichever way it is sent. Other
 * values get another id.
 */
export class Submission {
  #said = "";
  #id = "";

  of(values: Values, site: string): Lead {
    const said = JSON.stringify(values);
    if (said !== this.#said) this.renew(said);
    return { ...values, ...visitOf(site), submission_id: this.#id };
  }

  renew(said = ""): void {
    this.#said = said;
    this.#id = uuid();
  }
}

/** Sends a lead, once. As text, so that no preflight has to get through first. Never rejects. */
export async function send(url: string, lead: Lead): Promise<Sent> {
  const body = JSON.stringify(lead);
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      credentials: "omit",
      keepalive: sizeOf(body) < KEEPALIVE_BYTES / 2,
      signal: AbortSignal.timeout?.(LEAD_WAIT_MS),
    });
    const answer = await response.json();
    if (response.ok) return { kind: "taken", lead: answer };
    return response.status === 400 && answer.errors ? { kind: "refused", faults: answer.errors } : { kind: "failed" };
  } catch {
    return { kind: "failed" };
  }
}

import type { Change } from "../../src/data/store/identity-network";

/** A change on its way to the stores outside. */
export interface Sent extends Change {
  /** The revision of its record that was sent. */
  rev: number;
  /** Whether KV gets its counter too. */
  counts: boolean;
}

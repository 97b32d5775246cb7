import type { Change } from "../../src/data/store/identity-network";

/** A change on its way to the stores outside. */
export interface Sent extends Change {
  /** The write of its record that it tells of. */
  rev: number;
  /** KV is told of it too. */
  counts: boolean;
}

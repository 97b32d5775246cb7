import { OUTSIDE_TIMEOUT_MS } from "../../src/limits";
import { SECOND_MS } from "../../src/time";

/** Later flushes of D1; the price of a session is mostly how often it is written. Jitter only shortens it. */
export const FLUSH_MS = 30 * SECOND_MS;
/** How long an erasure waits for a session's flush that is under way: as long as its stores are waited for, and settled. */
export const ERASE_WAIT_MS = OUTSIDE_TIMEOUT_MS + 5 * SECOND_MS;

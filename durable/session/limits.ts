import { OUTSIDE_TIMEOUT_MS } from "../../src/limits";
import { SECOND_MS } from "../../src/time";

/** Later flushes of D1; the price of a session is mostly how often it is written. Jitter only shortens it. */
export const FLUSH_MS = 30 * SECOND_MS;
/** How long an erasure waits for a session's flush that is under way: as long as its stores are waited for, and settled. */
export const ERASE_WAIT_MS = OUTSIDE_TIMEOUT_MS + 5 * SECOND_MS;
/** Journal text at which the actor answers `busy`: hours of D1 outage for an ordinary session, and a load of < 100 ms. */
export const JOURNAL_MAX_UNITS = 4 * 1024 * 1024;
/** How long a flush waits for an identity's answer that is on its way: the answer then needs no flush of its own. */
export const IDENTITY_WAIT_MS = 300;

import { OUTSIDE_TIMEOUT_MS } from "../../src/limits";
import { SECOND_MS } from "../../src/time";

/** Time between flushes of D1, after the first: a session costs mostly what its writes cost. Jitter only shortens it. */
export const FLUSH_MS = 30 * SECOND_MS;
/** How long an erasure waits for a flush that is under way: as long as the flush waits for its stores, and 5 s to settle. */
export const ERASE_WAIT_MS = OUTSIDE_TIMEOUT_MS + 5 * SECOND_MS;
/**
 * Journal text, in UTF-16 units, at which the actor answers `busy`: hours of D1 outage for an ordinary session, and a load of less
 * than 100 ms.
 */
export const JOURNAL_MAX_UNITS = 4 * 1024 * 1024;
/** How long a flush waits for an identity's answer that is on its way: the answer then needs no flush of its own. */
export const IDENTITY_WAIT_MS = 300;

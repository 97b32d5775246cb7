/** The tracker's limits and intervals, each with its reason. Milliseconds and bytes unless the name says otherwise. */

/** Longer than any wait. */
export const NEVER = Number.POSITIVE_INFINITY;
/** Events are gathered this long before they go out: one frame for a burst, and still live well within a second. */
export const COALESCE_MS = 250;
/** The contract's number. */
export const BATCH_EVENTS = 100;
/** Event bytes of a batch. With the start (two URLs of 2,048, a user agent) it stays below the 64 KiB of a beacon. */
export const BATCH_BYTES = 50_000;
/** An event above this is not sent at all; two of them fit a batch. A built-in event has under 1 KB. */
export const EVENT_BYTES = 24_000;
/** Unacked events kept. The oldest go first: ten minutes of a busy page without network. */
export const QUEUE_EVENTS = 1_000;
/** Ranges that a batch may name as dropped, and that an ack names as missing: the contract's number. */
export const NAMED_RANGES = 16;
/** An answer that takes longer is not coming: the connection is dead even if nobody said so. */
export const ANSWER_MS = 10_000;
/** Events wait this long for a socket that is opening; then `fetch` takes them. */
export const OPENING_MS = 3_000;
/** A socket that carried nothing for this long is closed, so that the actor and the phone's radio can sleep. */
export const QUIET_MS = 60_000;
/** Retries: doubled from the first to the last. The last bounds how late events are after a long outage. */
export const RETRY_MIN_MS = 1_000;
export const RETRY_MAX_MS = 30_000;
/** A `Retry-After` above an hour is taken as an hour: longer than that no page waits, and a timer has 31 bits. */
export const RETRY_AFTER_MAX_MS = 3_600_000;
/** The server's session time-out too. */
export const SESSION_IDLE_MS = 30 * 60_000;
/** Activity is written to storage at most this often. */
export const TOUCH_MS = 1_000;
/** A scroll position is read at most this often. */
export const SCROLL_MS = 250;
/** What the server takes as a URL; longer ones lose query and fragment. */
export const URL_UNITS = 2_048;
/** A path of more steps than this tells nobody anything. */
export const ELEMENT_UNITS = 120;
/** Calls of `track` kept until `init`, on a page that starts the tracker by hand. */
export const EARLY_CALLS = 100;

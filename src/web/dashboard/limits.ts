/** The dashboard's own limits and intervals, each with its reason. Milliseconds unless the name says otherwise. */

/** A wait shorter than this needs no sign of waiting; one would only flicker. */
export const SLOW_MS = 300;
/** Aggregates are asked again this often while they are looked at: about as old as a flush makes them anyway. */
export const REFRESH_MS = 60_000;
/** Visitors of the live view whose own sessions are followed, so that a click shows at once: as many as a screen has. */
export const LIVE_FOLLOWED = 20;
/** Lists of what happens now. */
export const LIVE_REFRESH_MS = 5_000;
/** Answers kept, so that going back shows something at once. */
export const KEPT_ANSWERS = 60;
/** An answer that has not come by now is not coming. */
export const ANSWER_MS = 30_000;
/** Reconnecting a stream: doubled from the first to the last. */
export const RECONNECT_MIN_MS = 500;
export const RECONNECT_MAX_MS = 15_000;
/** Relative times are written anew this often. */
export const TICK_MS = 10_000;
/** How long "copied" is said. */
export const SAID_MS = 1_500;
/** Rows of a log drawn at first, and by each "more": a browser lays out 300 rows within a frame or two. */
export const LOG_ROWS = 300;
/** Sessions read for the figures that only rows can tell (what was refused, what came late): pages of 100. */
export const SAMPLE_PAGES = 2;
/** A pause longer than this is skipped when "skip idle" is on, and lasts this long. */
export const IDLE_GAP_MS = 2_000;
/** Points of the cursor's trail that are drawn: the last second or two of a moving hand. */
export const TRAIL_POINTS = 40;
/** How long a click's ring is seen, in the session's own time. */
export const RING_MS = 900;
/** Rounds of the force layout: by then a graph of a few hundred nodes stands still. */
export const LAYOUT_ROUNDS = 220;
/** Nodes drawn of an identity network; more than that is a cloud nobody reads. */
export const GRAPH_NODES = 250;

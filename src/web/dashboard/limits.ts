import { MINUTE_MS } from "../../time";

/** The dashboard's own limits and intervals, each with its reason. Milliseconds unless the name says otherwise. */

/** A wait shorter than this needs no sign of waiting; one would only flicker. */
export const SLOW_MS = 300;
/** Aggregates are asked again this often while on screen. Their rows change only with flushes, up to 30 s apart. */
export const REFRESH_MS = MINUTE_MS;
/** Sessions of the live view that are followed by streams of their own, so that a click shows at once: about one screen of rows. */
export const LIVE_FOLLOWED = 20;
/** Lists of what happens now are asked again this often. */
export const LIVE_REFRESH_MS = 5_000;
/** Answers kept, so that going back shows something at once. */
export const KEPT_ANSWERS = 60;
/** How long an answer is waited for. */
export const ANSWER_MS = 30_000;
/** Wait before a stream reconnects: doubled each time, from the first to the second. */
export const RECONNECT_MIN_MS = 500;
export const RECONNECT_MAX_MS = 15_000;
/** Relative times ("3 min ago") are updated this often. */
export const TICK_MS = 10_000;
/** How long "Copied" stays on a button. */
export const SAID_MS = 1_500;
/** Rows of a log drawn at first, and by each "more": a browser lays out 300 rows within a frame or two. */
export const LOG_ROWS = 300;
/** Pages of 100 sessions read for figures that no aggregate has (refused, late). */
export const SAMPLE_PAGES = 2;
/** With "Skip idle" on, a longer pause is played in this time. */
export const IDLE_GAP_MS = 2_000;
/** Points drawn of the cursor's trail: its last second or two. */
export const TRAIL_POINTS = 40;
/** How long a click's ring is seen, in the session's own time. */
export const RING_MS = 900;
/** Rounds of the force layout: a graph of a few hundred nodes has settled by then. */
export const LAYOUT_ROUNDS = 220;
/** Nodes drawn of an identity network; nobody can read more. */
export const GRAPH_NODES = 250;

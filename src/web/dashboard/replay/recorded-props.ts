import type { Clock } from "./clock";

/** What a player of a page's own recording is given: it follows the clock, and moves nothing by itself. */
export interface RecordedProps {
  session_id: string;
  clock: Clock;
}

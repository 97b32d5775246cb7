import type { ComponentType } from "preact";
import type { Clock } from "./clock";

/** What a player of a page's own recording is given: it follows the clock, and moves nothing by itself. */
export interface RecordedProps {
  sessionId: string;
  clock: Clock;
}

/** Loads the player of recorded pages, shown above the event log where a session has a recording. */
export const loadRecorded: (() => Promise<{ default: ComponentType<RecordedProps> }>) | null = () =>
  import("./recording");

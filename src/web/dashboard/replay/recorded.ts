import type { ComponentType } from "preact";
import type { RecordedProps } from "./recorded-props";

/** Loads the player of recorded pages, shown above the event log where a session has a recording. */
export const loadRecorded: (() => Promise<{ default: ComponentType<RecordedProps> }>) | null = () =>
  import("./recording");

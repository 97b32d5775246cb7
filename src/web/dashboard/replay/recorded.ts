import type { ComponentType } from "preact";
import type { RecordedProps } from "./recorded-props";

/** Loads the player of recordings, which is shown above the event log if the session has one. */
export const loadRecorded: (() => Promise<{ default: ComponentType<RecordedProps> }>) | null = () =>
  import("./recording");

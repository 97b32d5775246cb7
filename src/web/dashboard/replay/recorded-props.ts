import type { Clock } from "./clock";

/** Props of the recording's player. It follows the clock and never changes it. */
export interface RecordedProps {
  session_id: string;
  clock: Clock;
}

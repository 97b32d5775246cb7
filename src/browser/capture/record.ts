import type { EventInput } from "../../protocol/events";

/** Takes an event as it happens; time and page are added to it. */
export type Record = (event: EventInput) => void;

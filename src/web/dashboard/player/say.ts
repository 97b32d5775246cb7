import type { RecordedEvent } from "../../../protocol/recording";

/** What the dashboard and the player's own document say to each other. */

/** An event, with the page load it is of. */
export type PlayedEvent = RecordedEvent & { stream: string };

/** The moment shown, epoch ms on the server's clock. */
export interface Moment {
  at: number;
  playing: boolean;
  speed: number;
}

export type ToPlayer = { say: "events"; events: PlayedEvent[] } | { say: "whole" } | ({ say: "moment" } & Moment);

/** `ready`: it listens. `shown`: a page is drawn. */
export type FromPlayer = { say: "ready" } | { say: "shown" };

import type { RecordedEvent } from "../../../protocol/recording";

/** Messages between the dashboard and the player's document. */

/** An event, with the page load (`stream`) it belongs to. */
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

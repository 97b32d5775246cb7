import { pageUrl } from "../../sources/page";
import type { EventEntry } from "../entry";
import { EVIDENCE_EVENTS } from "./limits";

/** An act as the snapshot keeps it. `name`: the event's free name, where it has one. */
export type KeptAct = [at: number, type: string, page: string | null, element: string | null, name?: string];

/** A visitor's way to a form, as a lead shows it. Part of the snapshot, so plain JSON. */
export interface Journey {
  /** When the visitor came to the current page, epoch ms. */
  page_at: number | null;
  /** The newest acts by their own times, newest last. */
  acts: KeptAct[];
  /** Submits taken. */
  leads: number;
}

export const newJourney = (): Journey => ({ page_at: null, acts: [], leads: 0 });

/** Event types that are too frequent, or too small, to be shown as acts. */
const PASSING = new Set(["mousemove", "scroll", "visibility_change", "form_change"]);

/** Folds an event that is not late. `isNewest`: no act before it in the log is later. `page` is the page before it. */
export function follow(journey: Journey, entry: EventEntry, isNewest: boolean, page: string | null): void {
  const { at, event_type, element = null, name } = entry;
  const on = entry.page === undefined ? page : pageUrl(entry.page);
  if ((on !== page && isNewest) || journey.page_at === null) journey.page_at = at;
  if (PASSING.has(event_type)) return;
  const { acts } = journey;
  const place = acts.findLastIndex(([before]) => before <= at) + 1;
  acts.splice(place, 0, name === undefined ? [at, event_type, on, element] : [at, event_type, on, element, name]);
  if (acts.length > EVIDENCE_EVENTS) acts.shift();
}

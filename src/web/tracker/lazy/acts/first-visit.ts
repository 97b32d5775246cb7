import { FIRST_VISIT_KEY, SECRET_KEY, VISITOR_KEY } from "../../keys";
import type { FullKit } from "../../kit";

/**
 * Keeps the day of a device's first visit, as cohorts of visitors go by it. Only for whom this page has made new: when a device
 * that has an id already was here first, nobody knows.
 */
export function noteFirstVisit({ read, write, mayStore, addHook }: FullKit): void {
  addHook("session", () => {
    if (!mayStore() || read(FIRST_VISIT_KEY) || read(SECRET_KEY) || read(VISITOR_KEY)) return;
    write(FIRST_VISIT_KEY, new Date().toISOString().slice(0, 10));
  });
}

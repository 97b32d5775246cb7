import { FIRST_VISIT_KEY, SECRET_KEY, VISITOR_KEY } from "../../keys";
import type { FullKit } from "../../kit";

/**
 * Stores the day of a device's first visit, for cohorts of visitors. Only for visitors that are new on this page, because the first
 * visit of a device that already has an id is unknown.
 */
export function noteFirstVisit({ read, write, mayStore, addHook }: FullKit): void {
  addHook("session", () => {
    if (!mayStore() || read(FIRST_VISIT_KEY) || read(SECRET_KEY) || read(VISITOR_KEY)) return;
    write(FIRST_VISIT_KEY, new Date().toISOString().slice(0, 10));
  });
}

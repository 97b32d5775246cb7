import { SECRET_KEY, sessionKey } from "../../keys";
import type { FullKit } from "../../kit";
import { safe } from "../../safe";

/**
 * If `localStorage` is full or forbidden, session and visitor are in the page's memory. `sessionStorage` carries them to the tab's
 * next page, so that a visit of several pages stays one session.
 */
export function keepInTab({ options, plug, memory, mayStore, addHook }: FullKit): void {
  const keys = [sessionKey(options.site), SECRET_KEY];
  const isFull = (): boolean => {
    try {
      localStorage.setItem("pulsegate.room", "1");
      localStorage.removeItem("pulsegate.room");
      return false;
    } catch {
      return true;
    }
  };
  const forEach = (f: (key: string) => void): void => {
    // `sessionStorage` may be forbidden too.
    for (const key of keys) safe(f)(key);
  };
  const keep = (): void =>
    forEach((key) => {
      const kept = mayStore() && memory.get(key);
      if (kept) sessionStorage.setItem(key, kept);
      else sessionStorage.removeItem(key);
    });
  if (mayStore() && isFull()) {
    forEach((key) => {
      const kept = sessionStorage.getItem(key);
      if (kept && !memory.has(key)) memory.set(key, kept);
    });
  }
  addHook("event", () => memory.size && keep());
  const { consented } = plug;
  plug.consented = () => {
    consented?.();
    keep();
  };
}

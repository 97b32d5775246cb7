import { SECRET_KEY, sessionKey } from "../../keys";
import type { FullKit } from "../../kit";
import { safe } from "../../safe";

/**
 * Where `localStorage` is full or forbidden, the page's memory holds session and visitor. The tab's own storage takes them to
 * its next page, so that a visit of several pages is one.
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
    // The tab's storage may be forbidden, too.
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

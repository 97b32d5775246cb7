import { consent, mayStore } from "./consent";
import { VISITOR_KEY } from "./keys";
import { safe } from "./safe";

/** `localStorage`, or this page's memory if that is blocked, full, absent or not allowed by the visitor. */

/** Values that could not, or must not, be stored on the device. The next page will not know them. */
export const memory = new Map<string, string>();

export function read(key: string): string | null {
  try {
    return memory.get(key) ?? localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Removes the key if there is no value. While consent is pending, what is on the device stays. */
export function write(key: string, value?: string | null | false): void {
  memory.delete(key);
  try {
    if (value && mayStore()) return void localStorage.setItem(key, value);
    if (!value || consent() !== "pending") localStorage.removeItem(key);
  } catch {
    // Storage fails: use the memory.
  }
  if (value) memory.set(key, value);
}

/** Clears the device once storing is forbidden. What the page still needs moves to its memory. The visitor's keys are forgotten. */
export const clearDevice = safe(() => {
  for (const key of Object.keys(localStorage)) {
    if (!/^pulsegate\./.test(key)) continue;
    const kept = !key.startsWith(VISITOR_KEY) && read(key);
    write(key);
    if (kept) memory.set(key, kept);
  }
});

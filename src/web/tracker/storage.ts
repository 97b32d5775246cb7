import { consent, mayStore } from "./consent";
import { VISITOR_KEY } from "./keys";
import { safe } from "./safe";

/** `localStorage`; or this page's memory where it is blocked, full or absent, or where nobody has allowed it. */

/** What could not be kept on the device, or must not be: the next page will not know it. */
export const memory = new Map<string, string>();

export function read(key: string): string | null {
  try {
    return memory.get(key) ?? localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Without a value it removes. While the visitor's answer is not there yet the device stays as it is. */
export function write(key: string, value?: string | null | false): void {
  memory.delete(key);
  try {
    if (value && mayStore()) return void localStorage.setItem(key, value);
    if (!value || consent() !== "pending") localStorage.removeItem(key);
  } catch {
    // As if it were forbidden.
  }
  if (value) memory.set(key, value);
}

/** Once it is forbidden: what the page still needs of the device it remembers itself; the visitor it forgets. */
export const clearDevice = safe(() => {
  for (const key of Object.keys(localStorage)) {
    if (!/^pulsegate\./.test(key)) continue;
    const kept = !key.startsWith(VISITOR_KEY) && read(key);
    write(key);
    if (kept) memory.set(key, kept);
  }
});

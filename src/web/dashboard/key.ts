import { signal } from "@preact/signals";

/** The API key is kept in this tab's session storage, and nowhere else. */
const NAME = "pulsegate.key";

export const key = signal<string | null>(sessionStorage.getItem(NAME));
/** Why the key is asked for again; null for the first time. */
export const keyRefused = signal<string | null>(null);

export function keepKey(value: string): void {
  sessionStorage.setItem(NAME, value);
  keyRefused.value = null;
  key.value = value;
}

export function forgetKey(why: string | null = null): void {
  sessionStorage.removeItem(NAME);
  keyRefused.value = why;
  key.value = null;
}

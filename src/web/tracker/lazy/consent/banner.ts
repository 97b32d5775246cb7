import type { Consent } from "../../../../protocol/values";

/** How to read from a consent banner what the visitor allows. */
export interface Banner {
  /** The categories that have to be allowed if the option names none, joined by `+`. These are the banner's own names. */
  category: string;
  /** DOM events of the window or the document after which the banner is read again. */
  events: readonly string[];
  /** Whether a category is allowed; undefined before the banner loads. `page`: the window. `isAnswered`: `watch` saw an answer. */
  read(page: object, category: string, isAnswered: boolean): Consent | undefined;
  /** Listens for changes that fire none of `events`. Called once the banner has loaded. `again(true)`: the visitor has answered. */
  watch?(page: object, again: (isAnswer?: boolean) => void, category: string): void;
}

/** The consent for a category: granted if it is allowed. Otherwise denied if the visitor has answered, and pending if not. */
export const choice = (isAllowed: unknown, isAnswered: unknown): Consent =>
  isAllowed === true ? "granted" : isAnswered === true ? "denied" : "pending";

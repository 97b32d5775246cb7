import type { Consent } from "../../../../protocol/fields";

/** How a consent banner says what its visitor allows. */
export interface Banner {
  /** What has to be allowed, in the banner's own words, where the option names nothing. */
  category: string;
  /** DOM events of the window or the document, after which it is asked again. */
  events: readonly string[];
  /** Whether a category is allowed. `page`: the window; `isAnswered`: the visitor has been heard to answer. Undefined while it is not there. */
  read(page: object, category: string, isAnswered: boolean): Consent | undefined;
  /** Has it say more than by DOM events; called once it is there. `again(true)`: the visitor has answered. */
  watch?(page: object, again: (isAnswer?: boolean) => void, category: string): void;
}

/** What most banners come to: a category that is allowed, or one that is not, by an answer or before it. */
export const choice = (isAllowed: unknown, isAnswered: unknown): Consent =>
  isAllowed === true ? "granted" : isAnswered === true ? "denied" : "pending";

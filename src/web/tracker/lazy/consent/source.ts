import type { Consent } from "../../../../protocol/values";

/** Something on the page that knows what the visitor allows. It calls `tell` with that now, and whenever it changes. */
export type Source = (page: object, tell: (state: Consent) => void) => void;

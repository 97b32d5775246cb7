import type { Caller } from "./auth";
import type { Context } from "./context";

/** A request whose key has been checked. */
export interface KeyedContext extends Context {
  caller: Caller;
}

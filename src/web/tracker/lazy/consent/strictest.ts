import type { Consent } from "../../../../protocol/values";

/** The strictest first. A refusal comes before `pending`, because no later answer makes it milder. */
const ORDER: readonly Consent[] = ["denied", "pending", "granted"];

/** The strictest of `states`. Pending if there are none. */
export const strictest = (states: readonly Consent[]): Consent =>
  states[0] ? (ORDER.find((state) => states.includes(state)) ?? "pending") : "pending";

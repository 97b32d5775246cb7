import type { Consent } from "../../../../protocol/fields";

/** From the strictest on. A refusal comes before what is not said yet: no later word makes it milder. */
const ORDER: readonly Consent[] = ["denied", "pending", "granted"];

/** What holds where each of `states` does; nothing said is pending. */
export const strictest = (states: readonly Consent[]): Consent =>
  states[0] ? (ORDER.find((state) => states.includes(state)) ?? "pending") : "pending";

import type { Kit } from "../../kit";
import { DATA_LEVELS } from "../../limits";
import { bound } from "./lost";
import { settleAll } from "./settle";

/** Whether data has at most `levels` levels and no key `__proto__`. */
const isPlain = (value: unknown, levels: number): boolean =>
  Object(value) !== value ||
  (levels > 0 &&
    Object.entries(value as object).every(([name, part]) => name !== "__proto__" && isPlain(part, levels - 1)));

/** Bounds the waiting events, and keeps out events that would make the server refuse their whole batch. */
export function keepBounds({ plug, emit }: Kit): void {
  plug.bound = bound;
  plug.settle = settleAll;
  plug.refuses = (event) => {
    if (isPlain(event.data, DATA_LEVELS)) return false;
    emit("rejected", { events: [event] });
    return true;
  };
}

import { DAY_MS } from "../../time";

export const LIST_DEFAULT = 50;
export const LIST_MAX = 100;
export const DEFAULT_RANGE_MS = 7 * DAY_MS;

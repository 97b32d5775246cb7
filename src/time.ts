/** Spans of time, ms. */
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** `2026-11-25`, in UTC; days compare and sort as text. */
export type Day = string;

/** `time` in epoch ms. */
export const dayOf = (time: number): Day => new Date(time).toISOString().slice(0, 10);

/** `2026-11-25`, in UTC; days compare and sort as text. */
export type Day = string;

/** `time` in epoch ms. */
export const dayOf = (time: number): Day => new Date(time).toISOString().slice(0, 10);

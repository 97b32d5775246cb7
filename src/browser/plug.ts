import type { Plug } from "./kit";

/** Filled by the part of the tracker that comes after idle. */
export const plug: Plug = { leaving: [], ledBy: document.referrer };

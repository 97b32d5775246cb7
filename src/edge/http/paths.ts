/** Paths that pages of any origin call. */
export const PUBLIC = /^\/(track\/|lead(\/|$))/;

/** Paths that a dashboard on another origin may call. */
export const API = /^\/(analytics|metrics)(\/|$)/;

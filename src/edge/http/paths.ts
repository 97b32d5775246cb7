/** Families of paths, as the edge tells them apart. */

/** What pages of other origins call. */
export const PUBLIC = /^\/(track\/|lead(\/|$))/;

/** What a dashboard of another origin may call. */
export const API = /^\/(analytics|metrics)(\/|$)/;

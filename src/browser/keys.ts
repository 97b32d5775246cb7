/** What the tracker keeps on the device under which name: also read by lazy files, which share no module with it. */

export const VISITOR_KEY = "pulsegate.visitor";

/** Two sites on one origin keep their sessions apart: the server knows a session under one site only. */
export const sessionKey = (site: string): string => `pulsegate.session.${site}`;

/** What the tracker keeps on the device under which name: also read by lazy files, which share no module with it. */

/** The visitor's id, of a device that had one before there were secrets. */
export const VISITOR_KEY = "pulsegate.visitor";

/** What the visitor's id is made of. It begins as the other, so that both are forgotten together. */
export const SECRET_KEY = "pulsegate.visitor_secret";

/** The day (UTC) of the visitor's first visit of this origin; it begins as the others, and is forgotten with them. */
export const FIRST_VISIT_KEY = "pulsegate.visitor_first";

/** What a page could not deliver, by the stream it belongs to. */
export const queueKey = (site: string, stream: string): string => `pulsegate.queue.${site}.${stream}`;

/** The visitor that the hosts of a domain share, on each of them: `<visitor's id> <proof>`. */
export const SHARED_KEY = "pulsegate.visitor_shared";

/** Two sites on one origin keep their sessions apart: the server knows a session under one site only. */
export const sessionKey = (site: string): string => `pulsegate.session.${site}`;

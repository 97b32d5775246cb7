/** Names under which the tracker keeps things on the device. The lazy files read them too. */

/** The visitor's id, on devices that got one before visitors had secrets. */
export const VISITOR_KEY = "pulsegate.visitor";

/** The secret that the visitor's id is made of. All visitor keys share a prefix, so that they are forgotten together. */
export const SECRET_KEY = "pulsegate.visitor_secret";

/** The day (UTC) of the visitor's first visit to this origin. */
export const FIRST_VISIT_KEY = "pulsegate.visitor_first";

/** What a page could not deliver. Each stream has its own key. */
export const queueKey = (site: string, stream: string): string => `pulsegate.queue.${site}.${stream}`;

/** The visitor that all hosts of a domain share: `<visitor's id> <proof>`. */
export const SHARED_KEY = "pulsegate.visitor_shared";

/** The session. Sites on one origin have sessions of their own, because the server knows a session under one site only. */
export const sessionKey = (site: string): string => `pulsegate.session.${site}`;

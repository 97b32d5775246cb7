import type { StartInput } from "../../protocol/track";
import { isOwn, secret, uuid } from "./ids";
import { SECRET_KEY, sessionKey, VISITOR_KEY } from "./keys";
import { SESSION_IDLE_MS } from "./limits";
import { options } from "./options";
import { read, write } from "./storage";

/** The visit's session, shared by the tabs of one origin. The first tab that finds it idle or ended begins the next. */
export interface Session {
  id: string;
  /** A secret of this device. The server takes events of this session only with it. */
  key: string;
  /** Last activity, epoch ms. */
  at: number;
  /** The campaign that brought the visitor; absent without one. */
  campaign?: string;
}

const storageKey = (): string => sessionKey(options.site);

function stored(): Partial<Session> {
  try {
    const session = JSON.parse(read(storageKey()) ?? "") as Partial<Session>;
    if (isOwn(session.id) && session.key) return session;
  } catch {
    // Unreadable: the same as none.
  }
  return {};
}

/** False once nothing has happened for 30 minutes, or the session was ended. */
export const isSessionOpen = ({ at = 0 } = stored()): boolean => Date.now() - at < SESSION_IDLE_MS;

/** The campaign in the address of the last view. The same address begins no second session. */
let arrived = "";

/**
 * The session for a new event. It is a new session after 30 minutes without an event, or if a view's address brings another
 * campaign. `campaign`: that of a view, or empty; undefined for other events.
 */
export function touchSession(campaign?: string): Session {
  const known = stored();
  const brought = campaign !== arrived && campaign;
  arrived = campaign ?? arrived;
  const isSame = isSessionOpen(known) && (!brought || brought === known.campaign);
  const session = {
    ...(isSame ? known : { id: uuid(), key: uuid() }),
    at: Date.now(),
    ...(brought && { campaign: brought }),
  } as Session;
  write(storageKey(), JSON.stringify(session));
  return session;
}

/** Ends `id` for every tab, unless a tab has begun the next already. */
export function forgetSession(id: string): void {
  if (stored().id === id) write(storageKey());
}

/**
 * The visitor of this origin: the secret from which the server makes the visitor's id. It is created at the first call. A device
 * whose id is older than secrets keeps that id, so that known visitors do not become new ones.
 */
export function visitor(): Pick<StartInput, "visitor_id" | "visitor_secret"> {
  let visitor_secret = read(SECRET_KEY);
  if (!isOwn(visitor_secret, 72)) {
    const visitor_id = read(VISITOR_KEY);
    if (isOwn(visitor_id)) return { visitor_id };
    visitor_secret = secret();
  }
  write(SECRET_KEY, visitor_secret);
  return { visitor_secret };
}

import { campaignOf } from "./campaign";
import { isUuid, uuid } from "./ids";
import { sessionKey, VISITOR_KEY } from "./keys";
import { SESSION_IDLE_MS } from "./limits";
import { options } from "./options";
import { read, write } from "./storage";

/** The visit's session, shared by the tabs of one origin: whoever finds it idle or ended begins the next. */
export interface Session {
  id: string;
  /** A secret of this device: the server takes more of this session only from who has it. */
  key: string;
  /** Last activity, epoch ms. */
  at: number;
  /** The campaign that brought the visitor; empty for none. */
  campaign: string;
}

const storageKey = (): string => sessionKey(options.site);

function stored(): Partial<Session> {
  try {
    const session = JSON.parse(read(storageKey()) ?? "") as Partial<Session>;
    if (isUuid(session.id) && session.key) return session;
  } catch {
    // As good as none.
  }
  return {};
}

/** False once nothing has happened for 30 minutes, or the session was ended. */
export const isSessionOpen = ({ at = 0 } = stored()): boolean => Date.now() - at < SESSION_IDLE_MS;

/** The session for what has just happened on `page`: a new one after 30 minutes of nothing, or with another campaign. */
export function touchSession(page: string): Session {
  const known = stored();
  const campaign = campaignOf(page) || known.campaign || "";
  const isSame = isSessionOpen(known) && campaign === known.campaign;
  const session = { ...(isSame ? known : { id: uuid(), key: uuid() }), at: Date.now(), campaign } as Session;
  write(storageKey(), JSON.stringify(session));
  return session;
}

/** Ends `id` for every tab, unless another has begun the next already. */
export function forgetSession(id: string): void {
  if (stored().id === id) write(storageKey());
}

/** The visitor's random id of this origin, made when first asked for. */
export function visitorId(): string {
  let id = read(VISITOR_KEY);
  if (!isUuid(id)) id = uuid();
  write(VISITOR_KEY, id);
  return id;
}

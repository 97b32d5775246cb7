import { isUuid, uuid } from "./ids";
import { SESSION_IDLE_MS, TOUCH_MS } from "./limits";
import { options } from "./options";
import { read, write } from "./storage";

/** The visit's session, shared by the tabs of one origin: whoever finds it idle or ended begins the next. */
interface Stored {
  id?: string;
  /** Last activity, epoch ms. */
  at?: number;
}

const VISITOR_KEY = "pulsegate.visitor";

/** Two sites on one origin keep their sessions apart: the server knows a session under one site only. */
const key = (): string => `pulsegate.session${options.site === "default" ? "" : `.${options.site}`}`;

function stored(): Stored {
  try {
    const session = JSON.parse(read(key()) ?? "") as Stored;
    if (isUuid(session.id)) return session;
  } catch {
    // As good as none.
  }
  return {};
}

/** False once nothing has happened for 30 minutes, or the session was ended. */
export const isSessionOpen = (): boolean => Date.now() - (stored().at ?? 0) < SESSION_IDLE_MS;

/** The id for something that happens now; a new one after 30 minutes of nothing. */
export function touchSession(): string {
  const now = Date.now();
  const { id, at = 0 } = stored();
  const age = now - at;
  if (id && Math.abs(age) < TOUCH_MS) return id;
  const next = id && age < SESSION_IDLE_MS ? id : uuid();
  write(key(), JSON.stringify({ id: next, at: now }));
  return next;
}

/** Ends `id` for every tab, unless another has begun the next already. */
export function forgetSession(id: string): void {
  if (stored().id === id) write(key());
}

/** The visitor's random id of this origin, made when first asked for. */
export function visitorId(): string {
  const known = read(VISITOR_KEY);
  const id = isUuid(known) ? known : uuid();
  write(VISITOR_KEY, id);
  return id;
}

export const forgetVisitor = (): void => write(VISITOR_KEY);

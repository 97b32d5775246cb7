import { isUuid, uuid } from "./ids";
import { SESSION_IDLE_MS, TOUCH_MS } from "./limits";
import { read, write } from "./storage";

const VISITOR_KEY = "pulsegate.visitor";

interface Stored {
  id: string | null;
  /** Last activity, epoch ms. */
  at: number;
}

/** The visit's session, shared by the tabs of one origin: whoever finds it idle or ended begins the next. */
export class Session {
  private readonly key: string;

  /** Two sites on one origin keep their sessions apart: the server knows a session under one site only. */
  constructor(site: string) {
    this.key = `pulsegate.session${site === "default" ? "" : `.${site}`}`;
  }

  /** The id for something that happens now; a new one after 30 minutes of nothing. */
  touch(): string {
    const now = Date.now();
    const stored = this.read();
    const id = stored.id && now - stored.at < SESSION_IDLE_MS ? stored.id : uuid();
    if (id !== stored.id || Math.abs(now - stored.at) > TOUCH_MS) write(this.key, JSON.stringify({ id, at: now }));
    return id;
  }

  /** Ends `id` for every tab, unless another has begun the next already. */
  forget(id: string): void {
    if (this.read().id === id) write(this.key, null);
  }

  private read(): Stored {
    try {
      const stored = JSON.parse(read(this.key) ?? "") as Stored;
      if (isUuid(stored.id)) return stored;
    } catch {
      // As good as none.
    }
    return { id: null, at: 0 };
  }
}

/** The visitor's random id of this origin, made when first asked for. */
export function visitorId(): string {
  const known = read(VISITOR_KEY);
  if (isUuid(known)) return known;
  const id = uuid();
  write(VISITOR_KEY, id);
  return id;
}

export const forgetVisitor = (): void => write(VISITOR_KEY, null);

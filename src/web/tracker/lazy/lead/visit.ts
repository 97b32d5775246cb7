import { visitorOf } from "../../../../core/session/calls/visitor-id";
import { SECRET_KEY, SHARED_KEY, sessionKey, VISITOR_KEY } from "../../keys";

/** What the tracker has on the device: nothing without consent, or where storage is blocked, and then a lead stands alone. */
export interface Visit {
  session_id?: string;
  session_key?: string;
  visitor_id?: string;
}

const stored = (site: string): { id?: string; key?: string; campaign?: string } => {
  try {
    return JSON.parse(localStorage.getItem(sessionKey(site)) ?? "{}") as ReturnType<typeof stored>;
  } catch {
    return {};
  }
};

/** The visitor's id as the server makes it, and the secret that it is made of. */
let made: { secret: string; id: string } | undefined;

/**
 * Makes the visitor's id before a submit asks for it: that waits for nothing. Where a page may not hash, a plain http one, a
 * lead names no visitor; its session does. The secret itself stays here.
 */
export async function makeVisitor(): Promise<void> {
  try {
    const secret = localStorage.getItem(SECRET_KEY);
    if (secret && secret !== made?.secret) made = { secret, id: await visitorOf(secret) };
  } catch {
    // As above.
  }
}

const sharedVisitor = (): string | undefined => localStorage.getItem(SHARED_KEY)?.split(" ")[0];

/** A device that has both sends the secret: its old id would be another visitor's. */
function ownVisitor(): string | false | null | undefined {
  const secret = localStorage.getItem(SECRET_KEY);
  return secret ? made?.secret === secret && made.id : localStorage.getItem(VISITOR_KEY);
}

/** Read at the submit: a session may have begun with it. */
export function visitOf(site: string): Visit {
  const { id, key } = stored(site);
  if (!id || !key) return {};
  const visitor_id = sharedVisitor() || ownVisitor();
  return { session_id: id, session_key: key, ...(visitor_id && { visitor_id }) };
}

/** A parameter of the campaign that brought the visitor: from this page's address, or the one the session began with. */
export const campaignOf = (site: string, name: string): string | null =>
  new URLSearchParams(location.search).get(name) ?? new URLSearchParams(stored(site).campaign).get(name);

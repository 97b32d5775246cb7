import { visitorOf } from "../../../../core/session/calls/visitor-id";
import { SECRET_KEY, SHARED_KEY, sessionKey, VISITOR_KEY } from "../../keys";

/** What the tracker has stored on the device. Without consent, or if storage is blocked, it is empty, and a lead has no session. */
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
 * Makes the visitor's id ahead of the submit, which cannot wait for it. A plain http page may not hash: then the lead names no
 * visitor, only its session. The secret itself stays here.
 */
export async function makeVisitor(): Promise<void> {
  try {
    const secret = localStorage.getItem(SECRET_KEY);
    if (secret && secret !== made?.secret) made = { secret, id: await visitorOf(secret) };
  } catch {
    // The page may not hash, or storage is blocked: the lead names no visitor.
  }
}

const sharedVisitor = (): string | undefined => localStorage.getItem(SHARED_KEY)?.split(" ")[0];

/** A device that has a secret and an old id uses the secret, because its starts do: the old id would be another visitor's. */
function ownVisitor(): string | false | null | undefined {
  const secret = localStorage.getItem(SECRET_KEY);
  return secret ? made?.secret === secret && made.id : localStorage.getItem(VISITOR_KEY);
}

/** Called at the submit, because a session may begin with it. */
export function visitOf(site: string): Visit {
  const { id, key } = stored(site);
  if (!id || !key) return {};
  const visitor_id = sharedVisitor() || ownVisitor();
  return { session_id: id, session_key: key, ...(visitor_id && { visitor_id }) };
}

/** A parameter of the campaign that brought the visitor: from this page's address, or the one the session began with. */
export const campaignOf = (site: string, name: string): string | null =>
  new URLSearchParams(location.search).get(name) ?? new URLSearchParams(stored(site).campaign).get(name);

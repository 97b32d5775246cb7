import { sha256 } from "../sha256";

/** A visitor's id as the roster keeps it: a hash, by which only somebody who knows the id can find the session. */
export const whoIs = async (visitor_id: string | null): Promise<string | null> =>
  visitor_id === null ? null : (await sha256(`roster:${visitor_id}`)).slice(0, 32);

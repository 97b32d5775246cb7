import { sha256 } from "../sha256";

/** A visitor's id as the roster keeps it: enough to be found by who knows the id, and not the id. */
export const whoIs = async (visitor_id: string | null): Promise<string | null> =>
  visitor_id === null ? null : (await sha256(`roster:${visitor_id}`)).slice(0, 32);

import { sha256 } from "../sha256";

/** A visitor's id as the roster keeps it: enough to be found by who knows the id, and not the id. */
export const whoIs = async (visitorId: string | null): Promise<string | null> =>
  visitorId === null ? null : (await sha256(`roster:${visitorId}`)).slice(0, 32);

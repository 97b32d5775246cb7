/** The schemas of the wire, by which the project's commands check stored rows. */
export { EventInput } from "./events";
export { LeadInput } from "./lead";
export { SessionId } from "./values";

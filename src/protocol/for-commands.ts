/** What the project's commands hold stored rows against: the schemas of the wire. */
export { EventInput } from "./events";
export { SessionId } from "./fields";
export { LeadInput } from "./lead";

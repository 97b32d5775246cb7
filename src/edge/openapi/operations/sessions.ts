import { EventsQuery, NoQuery, SessionsQuery, TicketInput } from "../../../core/api/analytics";
import { EventsPage, LiveBody, ReplayBody, SessionBody, SessionsPage, TicketBody } from "../../../core/api/answers";
import { RecordingBody } from "../../../protocol/recording";
import type { Operations } from "../operation";

const SESSION = "0b7e2a52-6f0c-4d3e-9a41-6f5c0d8e1a01";

export const sessionOperations: Operations = {
  "GET /analytics/sessions": {
    summary: "Sessions, newest first",
    query: SessionsQuery,
    answer: SessionsPage,
    exported: true,
    keyed: true,
    problems: ["unavailable"],
    example: { query: { site: "default", limit: "10" } },
  },
  "GET /analytics/sessions/:id": {
    summary: "One session",
    answer: SessionBody,
    keyed: true,
    problems: ["not_found", "session_unknown", "unavailable"],
    example: { params: { id: SESSION } },
  },
  "GET /analytics/sessions/:id/events": {
    summary: "A session's events, in the order taken",
    query: EventsQuery,
    answer: EventsPage,
    keyed: true,
    problems: ["not_found", "session_unknown", "unavailable"],
    example: { params: { id: SESSION }, query: { limit: "20" } },
  },
  "GET /analytics/sessions/:id/live": {
    summary: "A session this instant, from its actor",
    answer: LiveBody,
    keyed: true,
    problems: ["not_found", "session_unknown", "unavailable"],
    example: { params: { id: SESSION } },
  },
  "GET /analytics/sessions/:id/replay": {
    summary: "A session's whole log, oldest first: what R2 has, then what it has not yet",
    description: "Streamed. `Accept: application/x-ndjson` gets one entry a line.",
    query: NoQuery,
    answer: ReplayBody,
    keyed: true,
    problems: ["not_found", "session_unknown", "unavailable"],
    example: { params: { id: SESSION } },
  },
  "GET /analytics/sessions/:id/recording": {
    summary: "A session's recording: the events of rrweb, oldest first",
    description:
      "Streamed. `Accept: application/x-ndjson` gets one event a line. Each has the page load it is of as `stream`; times are the server's, in step with the log. Empty where nothing was recorded.",
    query: NoQuery,
    answer: RecordingBody,
    keyed: true,
    problems: ["not_found", "session_unknown", "unavailable"],
    example: { params: { id: SESSION } },
  },
  "GET /analytics/sessions/:id/stream": {
    summary: "Follow a session by WebSocket",
    status: 101,
    keyed: true,
    problems: ["ticket_invalid", "not_found", "session_unknown", "upgrade_required", "unavailable"],
    example: { params: { id: SESSION } },
  },
  "POST /analytics/tickets": {
    summary: "A single-use ticket for one stream",
    body: TicketInput,
    answer: TicketBody,
    keyed: true,
    problems: ["invalid_ticket_path"],
    example: { body: { path: `/analytics/sessions/${SESSION}/stream` } },
  },
};

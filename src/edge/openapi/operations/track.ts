import * as z from "zod";
import { AckBody, ChunkAckBody, EndedBody, StartedBody } from "../../../core/api/answers";
import { ChunkBody } from "../../../protocol/recording";
import { BatchInput, EndInput, SingleInput, StartInput } from "../../../protocol/track";
import type { Operations } from "../operation";

const SESSION = "0b7e2a52-6f0c-4d3e-9a41-6f5c0d8e1a01";
/** A session of a site that records. */
const RECORDED_SESSION = "5d0b1f0c-8a37-4a86-9a53-0c1b7be0a9d2";
const PAGE = "https://shop.example/pricing";

const TRACK = [
  "invalid_query",
  "key_required",
  "origin_not_allowed",
  "session_key_invalid",
  "rate_limited",
  "too_fast",
  "unavailable",
] as const;
const EVENTS = [...TRACK, "no_valid_event", "session_unknown", "consent_pending", "stream_too_sparse", "busy"] as const;

export const trackOperations: Operations = {
  "POST /track/session/start": {
    summary: "Start a session, or add to one",
    body: StartInput,
    answer: StartedBody,
    problems: TRACK,
    example: { body: { page: PAGE, session_id: SESSION, visitor_id: "v-42" } },
  },
  "POST /track/events/batch": {
    summary: "Send a batch of events",
    description: "The ack is durable. Numbers start at 1: the i-th event is number `first` + i, and counts once.",
    body: BatchInput,
    answer: AckBody,
    problems: EVENTS,
    example: {
      body: {
        session_id: SESSION,
        stream: "load-1",
        first: 1,
        start: { page: PAGE },
        events: [
          { event_type: "page_view", page: PAGE },
          { event_type: "click", x: 120, y: 310, element: "button#buy" },
        ],
      },
    },
  },
  "POST /track/event": {
    summary: "Send one event",
    body: SingleInput,
    answer: AckBody,
    problems: EVENTS,
    example: { body: { session_id: SESSION, start: { page: PAGE }, event_type: "scroll", scroll_percent: 80 } },
  },
  "POST /track/session/end": {
    summary: "End a session",
    body: EndInput,
    answer: EndedBody,
    problems: [...TRACK, "session_unknown"],
    example: { body: { session_id: SESSION } },
  },
  "POST /track/recording": {
    summary: "Send a chunk of a page's recording",
    description:
      "Events of rrweb, as JSON or its gzip, where the site's `record` allows it. The ack is durable. A chunk that is sent again is stored once. With `?site=` in the address, a site that would not take it refuses it before it is unpacked.",
    body: ChunkBody,
    answer: ChunkAckBody,
    problems: [...TRACK, "session_unknown", "session_erased", "busy", "recording_refused", "recording_full"],
    example: {
      body: {
        session_id: RECORDED_SESSION,
        site: "recorded-shop",
        stream: "load-1",
        number: 1,
        at: 1_767_225_600_000,
        sent_at: 1_767_225_601_000,
        events: [{ type: 4, timestamp: 1_767_225_600_000, data: { href: PAGE, width: 1280, height: 720 } }],
      },
    },
  },
  "GET /track/socket": {
    summary: "Open a page's WebSocket",
    query: z.object({ session_id: z.uuid(), site: z.string().optional() }),
    status: 101,
    problems: ["upgrade_required", "key_required", "rate_limited", "unavailable"],
    example: { query: { session_id: SESSION } },
  },
};

import * as z from "zod";
import { version } from "../../package.json";
import type { Handler } from "../http/context";
import { PROBLEMS, type ProblemCode } from "../http/problem";
import { EventsQuery, SessionsQuery, TicketInput } from "../protocol/analytics";
import {
  AckBody,
  EndedBody,
  EventsPage,
  HealthBody,
  LiveBody,
  ProblemBody,
  SessionBody,
  SessionsPage,
  SiteBody,
  StartedBody,
  TicketBody,
} from "../protocol/answers";
import { AuditPage, KeyBody, KeyInput, KeysPage, KeysQuery, NewKeyBody } from "../protocol/keys";
import { SiteInput } from "../protocol/site";
import { BatchInput, EndInput, SingleInput, StartInput } from "../protocol/track";

interface Operation {
  summary: string;
  method: "get" | "post" | "put" | "delete";
  path: string;
  body?: z.ZodType;
  query?: z.ZodObject;
  answer?: z.ZodType;
  status?: number;
  problems: readonly ProblemCode[];
  /** Needs an API key. */
  keyed?: boolean;
}

const BODY = [
  "invalid_json",
  "not_utf8",
  "too_deep",
  "forbidden_key",
  "invalid_body",
  "too_large",
  "unsupported_type",
] as const;
const TRACK = [
  ...BODY,
  "invalid_query",
  "key_required",
  "origin_not_allowed",
  "session_key_invalid",
  "rate_limited",
  "too_fast",
  "unavailable",
] as const;
const KEYED = ["key_required", "scope_missing", "rate_limited", "analytics_unavailable"] as const;

const operations: readonly Operation[] = [
  {
    summary: "Start a session, or add to one",
    method: "post",
    path: "/track/session/start",
    body: StartInput,
    answer: StartedBody,
    problems: TRACK,
  },
  {
    summary: "Send a batch of events",
    method: "post",
    path: "/track/events/batch",
    body: BatchInput,
    answer: AckBody,
    problems: [...TRACK, "no_valid_event", "session_unknown", "consent_pending", "stream_too_sparse", "busy"],
  },
  {
    summary: "Send one event",
    method: "post",
    path: "/track/event",
    body: SingleInput,
    answer: AckBody,
    problems: [...TRACK, "no_valid_event", "session_unknown", "consent_pending", "stream_too_sparse", "busy"],
  },
  {
    summary: "End a session",
    method: "post",
    path: "/track/session/end",
    body: EndInput,
    answer: EndedBody,
    problems: [...TRACK, "session_unknown"],
  },
  {
    summary: "Open a page's WebSocket",
    method: "get",
    path: "/track/socket",
    query: z.object({ session_id: z.uuid(), site: z.string().optional() }),
    status: 101,
    problems: ["invalid_query", "upgrade_required", "key_required", "rate_limited", "unavailable"],
  },
  {
    summary: "Sessions, newest first",
    method: "get",
    path: "/analytics/sessions",
    query: SessionsQuery,
    answer: SessionsPage,
    keyed: true,
    problems: [...KEYED, "invalid_query"],
  },
  {
    summary: "One session",
    method: "get",
    path: "/analytics/sessions/{id}",
    answer: SessionBody,
    keyed: true,
    problems: [...KEYED, "not_found", "session_unknown"],
  },
  {
    summary: "A session's events, in the order taken",
    method: "get",
    path: "/analytics/sessions/{id}/events",
    query: EventsQuery,
    answer: EventsPage,
    keyed: true,
    problems: [...KEYED, "invalid_query", "not_found", "session_unknown"],
  },
  {
    summary: "A session this instant, from its actor",
    method: "get",
    path: "/analytics/sessions/{id}/live",
    answer: LiveBody,
    keyed: true,
    problems: [...KEYED, "not_found", "session_unknown", "unavailable"],
  },
  {
    summary: "Follow a session by WebSocket",
    method: "get",
    path: "/analytics/sessions/{id}/stream",
    status: 101,
    keyed: true,
    problems: [...KEYED, "ticket_invalid", "not_found", "session_unknown", "upgrade_required", "unavailable"],
  },
  {
    summary: "A single-use ticket for one stream",
    method: "post",
    path: "/analytics/tickets",
    body: TicketInput,
    answer: TicketBody,
    keyed: true,
    problems: [...KEYED, ...BODY, "invalid_ticket_path"],
  },
  {
    summary: "A site's settings",
    method: "get",
    path: "/analytics/sites/{site}",
    answer: SiteBody,
    keyed: true,
    problems: [...KEYED, "not_found"],
  },
  {
    summary: "Set a site's settings, as a whole",
    method: "put",
    path: "/analytics/sites/{site}",
    body: SiteInput,
    answer: SiteBody,
    keyed: true,
    problems: [...KEYED, ...BODY, "not_found"],
  },
  {
    summary: "API keys, newest first",
    method: "get",
    path: "/analytics/keys",
    query: KeysQuery,
    answer: KeysPage,
    keyed: true,
    problems: [...KEYED, "invalid_query"],
  },
  {
    summary: "Make an API key; it is shown this once",
    method: "post",
    path: "/analytics/keys",
    body: KeyInput,
    answer: NewKeyBody,
    status: 201,
    keyed: true,
    problems: [...KEYED, ...BODY],
  },
  {
    summary: "Revoke an API key",
    method: "delete",
    path: "/analytics/keys/{key}",
    answer: KeyBody,
    keyed: true,
    problems: [...KEYED, "not_found"],
  },
  {
    summary: "What was done with the scope admin, newest first",
    method: "get",
    path: "/analytics/audit",
    query: KeysQuery,
    answer: AuditPage,
    keyed: true,
    problems: [...KEYED, "invalid_query"],
  },
  {
    summary: "Liveness; deep=1 asks every binding",
    method: "get",
    path: "/health",
    query: z.object({ deep: z.enum(["1"]).optional() }),
    answer: HealthBody,
    problems: ["rate_limited"],
  },
];

const json = (schema: object, type = "application/json") => ({ content: { [type]: { schema } } });

const schemaOf = (schema: z.ZodType, io: "input" | "output") => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any", reused: "inline" });
  return rest;
};

function parameters({ path, query }: Operation): object[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => {
    const { description, ...rest } = schemaOf(schema as z.ZodType, "input");
    return {
      name,
      in: "query",
      required: !(schema as z.ZodType).safeParse(undefined).success,
      schema: rest,
      ...(description && { description }),
    };
  });
  return [...inPath, ...inQuery];
}

function responses({ answer, status = 200, problems }: Operation): object {
  const good =
    status === 101
      ? { description: "Switching protocols" }
      : { description: "OK", ...(answer && json(schemaOf(answer, "output"))) };
  const byStatus = Map.groupBy(problems, (code) => PROBLEMS[code][0]);
  const bad = [...byStatus].map(([code, codes]) => [
    code,
    {
      description: `${codes.map((one) => `${PROBLEMS[one][1]} (${one})`).join("; ")}`,
      ...json({ $ref: "#/components/schemas/Problem" }, "application/problem+json"),
    },
  ]);
  return { [status]: good, ...Object.fromEntries(bad) };
}

function document(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const { summary, method, path, body, keyed } = operation;
    paths[path] ??= {};
    paths[path][method] = {
      summary,
      operationId: `${method}${path.replace(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/\W/g, "")}`,
      parameters: parameters(operation),
      ...(body && { requestBody: { required: true, ...json(schemaOf(body, "input")) } }),
      responses: responses(operation),
      security: keyed ? [{ bearer: [] }, { header: [] }] : [],
    };
  }
  return {
    openapi: "3.1.0",
    info: { title: "PulseGate", version, description: "Real-time session intelligence at the edge." },
    paths,
    components: {
      schemas: { Problem: schemaOf(ProblemBody, "output") },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        header: { type: "apiKey", in: "header", name: "X-API-Key" },
      },
    },
  };
}

let text: string | undefined;

/** `GET /openapi.json`: made from the schemas that check the requests, once per isolate. */
export const getOpenApi: Handler = () => {
  text ??= JSON.stringify(document());
  return new Response(text, {
    headers: {
      "Content-Type": "application/json",
      "Cache-Control": "public, max-age=300",
      "Access-Control-Allow-Origin": "*",
    },
  });
};

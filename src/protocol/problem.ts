import { UNAVAILABLE_RETRY_SECONDS } from "../limits";
import type { Parsed, Refusal } from "./text";

/** Every error code that a caller can meet, with its status and title. RFC 9457. */
export const PROBLEMS = {
  invalid_json: { status: 400, title: "Not JSON" },
  not_utf8: { status: 400, title: "Not UTF-8" },
  too_deep: { status: 400, title: "Nested too deeply" },
  forbidden_key: { status: 400, title: "Forbidden key" },
  invalid_body: { status: 400, title: "Body does not fit its schema" },
  invalid_query: { status: 400, title: "Query does not fit its schema" },
  no_valid_event: { status: 400, title: "No valid event" },
  invalid_ticket_path: { status: 400, title: "No such stream" },
  upgrade_required: { status: 426, title: "WebSocket only" },
  key_required: { status: 401, title: "Key required" },
  signature_invalid: { status: 401, title: "Signature invalid" },
  ticket_invalid: { status: 401, title: "Ticket invalid" },
  scope_missing: { status: 403, title: "Scope missing" },
  origin_not_allowed: { status: 403, title: "Origin not allowed" },
  session_key_invalid: { status: 403, title: "Session key invalid" },
  recording_refused: { status: 403, title: "Recording refused" },
  not_found: { status: 404, title: "Not found" },
  session_unknown: { status: 404, title: "Session unknown" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  consent_pending: { status: 409, title: "Consent pending" },
  stream_too_sparse: { status: 409, title: "Stream too sparse" },
  recording_full: { status: 409, title: "Recording full" },
  session_erased: { status: 410, title: "Session erased" },
  address_too_long: { status: 414, title: "Address too long" },
  too_large: { status: 413, title: "Body too large" },
  unsupported_type: { status: 415, title: "Unsupported content type" },
  too_fast: { status: 429, title: "Too fast" },
  rate_limited: { status: 429, title: "Rate limited" },
  budget_spent: { status: 429, title: "Budget spent" },
  internal: { status: 500, title: "Internal error" },
  analytics_unavailable: { status: 503, title: "Analytics not configured" },
  unavailable: { status: 503, title: "Temporarily unavailable" },
  busy: { status: 503, title: "Busy" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  errors?: { path: string; message: string }[];
}

interface Extras {
  errors?: { path: string; message: string }[] | undefined;
  headers?: Record<string, string>;
  /** Seconds, for `Retry-After`. */
  retryAfter?: number | undefined;
}

/** An error that `src/index.ts` turns into a response. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly #extras: Extras;

  constructor(code: ProblemCode, detail: string, extras: Extras = {}) {
    super(detail);
    this.code = code;
    this.#extras = extras;
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  toResponse(): Response {
    const { errors, headers, retryAfter } = this.#extras;
    const { status, title } = PROBLEMS[this.code];
    const type = `urn:pulsegate:problem:${this.code}`;
    const body: ProblemDetails = { type, title, status, detail: this.message, code: this.code };
    if (errors) body.errors = errors;
    const all = new Headers({ "Content-Type": "application/problem+json", "Cache-Control": "no-store", ...headers });
    if (retryAfter !== undefined && !all.has("Retry-After")) all.set("Retry-After", String(retryAfter));
    return Response.json(body, { status, headers: all });
  }
}

/** A parameter of the query cannot be used. */
export const invalidQuery = (path: string, message: string): Problem =>
  new Problem("invalid_query", `${path}: ${message}`, { errors: [{ path, message }] });

/** Something behind the Worker does not answer. The same request may be sent again. */
export const unavailable = (detail: string): Problem =>
  new Problem("unavailable", detail, { retryAfter: UNAVAILABLE_RETRY_SECONDS });

const isCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);

/** The parsed value; throws what a schema or the JSON reader refused. */
export function unwrap<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw fromRefusal(parsed.refusal);
}

const fromRefusal = ({ code, detail, errors }: Refusal): Problem =>
  new Problem(isCode(code) ? code : "invalid_body", detail, { errors });

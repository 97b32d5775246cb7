import { UNAVAILABLE_RETRY_SECONDS } from "../limits";
import type { Refusal } from "./text";

/** Every error code a caller can meet, with its status and title. RFC 9457. */
export const PROBLEMS = {
  invalid_json: [400, "Not JSON"],
  not_utf8: [400, "Not UTF-8"],
  too_deep: [400, "Nested too deeply"],
  forbidden_key: [400, "Forbidden key"],
  invalid_body: [400, "Body does not fit its schema"],
  invalid_query: [400, "Query does not fit its schema"],
  no_valid_event: [400, "No valid event"],
  invalid_ticket_path: [400, "No such stream"],
  upgrade_required: [426, "WebSocket only"],
  key_required: [401, "Key required"],
  signature_invalid: [401, "Signature invalid"],
  ticket_invalid: [401, "Ticket invalid"],
  scope_missing: [403, "Scope missing"],
  origin_not_allowed: [403, "Origin not allowed"],
  session_key_invalid: [403, "Session key invalid"],
  recording_refused: [403, "Recording refused"],
  not_found: [404, "Not found"],
  session_unknown: [404, "Session unknown"],
  method_not_allowed: [405, "Method not allowed"],
  consent_pending: [409, "Consent pending"],
  stream_too_sparse: [409, "Stream too sparse"],
  recording_full: [409, "Recording full"],
  session_erased: [410, "Session erased"],
  address_too_long: [414, "Address too long"],
  too_large: [413, "Body too large"],
  unsupported_type: [415, "Unsupported content type"],
  too_fast: [429, "Too fast"],
  rate_limited: [429, "Rate limited"],
  budget_spent: [429, "Budget spent"],
  internal: [500, "Internal error"],
  analytics_unavailable: [503, "Analytics not configured"],
  unavailable: [503, "Temporarily unavailable"],
  busy: [503, "Busy"],
} as const satisfies Record<string, readonly [status: number, title: string]>;

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

/** An error on its way to the edge, where one place turns it into a response. */
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
    return PROBLEMS[this.code][0];
  }

  toResponse(): Response {
    const { errors, headers, retryAfter } = this.#extras;
    const [status, title] = PROBLEMS[this.code];
    const type = `urn:pulsegate:problem:${this.code}`;
    const body: ProblemDetails = { type, title, status, detail: this.message, code: this.code };
    if (errors) body.errors = errors;
    return Response.json(body, {
      status,
      headers: {
        "Content-Type": "application/problem+json",
        "Cache-Control": "no-store",
        ...(retryAfter !== undefined && { "Retry-After": String(retryAfter) }),
        ...headers,
      },
    });
  }
}

/** One parameter of a query that cannot be used. */
export const invalidQuery = (path: string, message: string): Problem =>
  new Problem("invalid_query", `${path}: ${message}`, { errors: [{ path, message }] });

/** Something behind the Worker does not answer; the same request may be sent again. */
export const unavailable = (detail: string): Problem =>
  new Problem("unavailable", detail, { retryAfter: UNAVAILABLE_RETRY_SECONDS });

const isCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);

/** What a schema or the JSON reader refused. */
export const fromRefusal = ({ code, detail, errors }: Refusal): Problem =>
  new Problem(isCode(code) ? code : "invalid_body", detail, { errors });

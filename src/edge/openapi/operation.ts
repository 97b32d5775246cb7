import type * as z from "zod";
import { PROBLEMS, type ProblemCode } from "../../protocol/problem";

/** A request that is answered with success: printed in the docs, and run as a test. */
export interface Example {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
}

/** What the published form says of a route, with the schemas that check its requests. */
export interface Operation {
  summary: string;
  /** What the summary leaves open: units, definitions, errors of an estimate. */
  description?: string;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** The body of a success; none for a socket or an empty answer. */
  answer?: z.ZodType;
  /** 200 unless said otherwise. */
  status?: number;
  /** The list may also be had as CSV or NDJSON. */
  exported?: boolean;
  /** Beside those that every route with a key, with a body or with a query can meet. */
  problems?: readonly ProblemCode[];
  /** Of those, what this one cannot meet. */
  without?: readonly ProblemCode[];
  /** Needs an API key. */
  keyed?: boolean;
  example?: Example;
}

/** Operations by `METHOD /path` as the route table has it. */
export type Operations = Readonly<Record<string, Operation>>;

const BODY_PROBLEMS: readonly ProblemCode[] = [
  ...(["invalid_json", "not_utf8", "too_deep", "forbidden_key", "invalid_body"] as const),
  ...(["too_large", "unsupported_type"] as const),
];
const KEYED_PROBLEMS: readonly ProblemCode[] = [
  ...(["key_required", "scope_missing", "rate_limited", "analytics_unavailable"] as const),
];

/** Every error an operation can answer with. */
export function problemsOf({ keyed, body, query, problems = [], without = [] }: Operation): ProblemCode[] {
  const usual = [
    ...(keyed ? KEYED_PROBLEMS : []),
    ...(body ? BODY_PROBLEMS : []),
    ...(query ? (["invalid_query"] as const) : []),
  ];
  return [...new Set([...problems, ...usual])].filter((code) => !without.includes(code));
}

export const statusOf = (code: ProblemCode): number => PROBLEMS[code][0];

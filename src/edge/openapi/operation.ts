import type * as z from "zod";
import { PROBLEMS, type ProblemCode } from "../../protocol/problem";

/** A request that succeeds. The docs print it, and a test runs it. */
interface Example {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
}

/** What the API's document says of a route, with the schemas that check its requests. */
export interface Operation {
  summary: string;
  /** What the summary lacks: units, definitions, errors of an estimate. */
  description?: string;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** The body of a success. None for a socket or an empty answer. */
  answer?: z.ZodType;
  /** 200 unless said otherwise. */
  status?: number;
  /** The list is also available as CSV and NDJSON. */
  exported?: boolean;
  /** Problems besides those of every route with a key, a body or a query. */
  problems?: readonly ProblemCode[];
  /** Problems of those routes that this one cannot have. */
  without?: readonly ProblemCode[];
  /** Needs an API key. */
  keyed?: boolean;
  example?: Example;
}

/** Operations by `METHOD /path` as the route table has it. */
export type Operations = Readonly<Record<string, Operation>>;

const BODY_PROBLEMS: readonly ProblemCode[] = [
  "invalid_json",
  "not_utf8",
  "too_deep",
  "forbidden_key",
  "invalid_body",
  "too_large",
  "unsupported_type",
];
const KEYED_PROBLEMS: readonly ProblemCode[] = [
  "key_required",
  "scope_missing",
  "rate_limited",
  "analytics_unavailable",
];
const QUERY_PROBLEMS: readonly ProblemCode[] = ["invalid_query"];

/** Every error that an operation can answer with. */
export function problemsOf({ keyed, body, query, problems = [], without = [] }: Operation): ProblemCode[] {
  const all = new Set(problems);
  for (const code of keyed ? KEYED_PROBLEMS : []) all.add(code);
  for (const code of body ? BODY_PROBLEMS : []) all.add(code);
  for (const code of query ? QUERY_PROBLEMS : []) all.add(code);
  return [...all].filter((code) => !without.includes(code));
}

export const statusOf = (code: ProblemCode): number => PROBLEMS[code].status;

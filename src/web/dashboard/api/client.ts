import { forgetKey, key } from "../key";
import { ANSWER_MS } from "../limits";

/** A call that failed. `status` 0: there was no answer, or it could not be read. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly errors: readonly { path: string; message: string }[] = [],
  ) {
    super(message);
  }

  /** This deployment does not have the path, as opposed to a resource that does not exist. */
  get isMissingPath(): boolean {
    return (this.status === 404 && this.code === "not_found") || this.status === 405;
  }
}

export interface Call {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  signal?: AbortSignal;
}

interface ProblemBody {
  detail?: string;
  code?: string;
  errors?: { path: string; message: string }[];
}

async function problemOf(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as ProblemBody;
  return new ApiError(
    response.status,
    problem.code ?? "unknown",
    problem.detail ?? `The server answered ${response.status}.`,
    problem.errors,
  );
}

/** Calls the API with the viewer's key. If the key is no longer valid, it is dropped and asked for again. */
export async function call<T>(path: string, { method = "GET", body, signal }: Call = {}): Promise<T> {
  const patience = AbortSignal.timeout(ANSWER_MS);
  const response = await fetch(path, {
    method,
    headers: {
      Authorization: `Bearer ${key.value ?? ""}`,
      Accept: "application/json",
      ...(body !== undefined && { "Content-Type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: signal ? AbortSignal.any([signal, patience]) : patience,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "unreachable", "The server does not answer.");
  });
  if (response.ok) return (await response.json()) as T;
  const error = await problemOf(response);
  if (error.status === 401) forgetKey(error.message);
  throw error;
}

/** A path with its parameters; those without a value are left out. */
export function withQuery(path: string, params: Record<string, string | number | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

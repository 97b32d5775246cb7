import type { ComponentChildren } from "preact";
import type { Answer } from "../api/answer";
import type { ApiError } from "../api/client";
import { Time } from "./time";

/** A sign of waiting, for screen readers too. */
export const Waiting = () => (
  <div class="waiting" role="status">
    <span class="visually-hidden">Loading</span>
  </div>
);

export function Notice({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="notice">
      <strong>{title}</strong>
      {children && <p>{children}</p>}
    </div>
  );
}

function whatFailed({ status, isMissingPath, code, message }: ApiError): [title: string, detail: string] {
  if (isMissingPath) return ["Not available", "This deployment does not have these figures."];
  if (status === 0) return ["No connection", message];
  if (code === "scope_missing") return ["This key may not do that", message];
  if (status === 404) return ["Not found", message];
  if (status === 429) return ["Asked too often", message];
  if (status >= 500) return ["The server could not answer", message];
  return ["This was refused", message];
}

export function Failure({ error, onRetry }: { error: ApiError; onRetry?: () => void }) {
  const [title, detail] = whatFailed(error);
  return (
    <div class="notice" role={error.isMissingPath ? undefined : "alert"}>
      <strong>{title}</strong>
      <p>{detail}</p>
      {error.errors.length > 0 && (
        <ul>
          {error.errors.map(({ path, message }) => (
            <li key={path}>
              <code>{path}</code>: {message}
            </li>
          ))}
        </ul>
      )}
      {onRetry && !error.isMissingPath && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

interface ShownProps<T> {
  of: Answer<T>;
  children: (data: T) => ComponentChildren;
}

/** An answer in each of its states: awaited, failed, there, or stale because the last request failed. */
export function Shown<T>({ of: { data, error, isSlow, at, reload }, children }: ShownProps<T>) {
  if (data === null) {
    if (error) return <Failure error={error} onRetry={reload} />;
    return isSlow ? <Waiting /> : <div class="held" />;
  }
  return (
    <>
      {error && (
        <p class="stale" role="status">
          This is from <Time at={at} />: {error.message}{" "}
          <button type="button" class="plain" onClick={reload}>
            Try again
          </button>
        </p>
      )}
      {children(data)}
    </>
  );
}
